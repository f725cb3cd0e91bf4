import { runCsvLibrary } from "./csv-library.ts";
import { runDuckDb } from "./duckdb.ts";
import { runKernel } from "./kernel.ts";
import { runOnePass, runRanges } from "./ranges.ts";

const contenders: Record<string, (path: string, times: number) => Promise<number>> = {
  "kernel-all": (path, times) => runKernel(path, { profileOnly: false, times }),
  "kernel-profile": (path, times) => runKernel(path, { profileOnly: true, times }),
  duckdb: (path) => runDuckDb(path),
  "csv-parse": (path) => runCsvLibrary(path),
  ranges: (path, times) => runRanges(path, times),
  "one-pass": (path, times) => runOnePass(path, times),
};

// Runs one contender in this process and prints what it took: contender.ts <name> <file> <times>.
const [name = "", path = "", times = "1"] = process.argv.slice(2);
const run = contenders[name];
if (run === undefined) throw new Error(`no contender ${name}`);
const started = performance.now();
const rows = await run(path, Number(times));
const seconds = (performance.now() - started) / 1_000;
process.stdout.write(`${JSON.stringify({ rows, seconds, peakRssBytes: process.resourceUsage().maxRSS * 1_024 })}\n`);
