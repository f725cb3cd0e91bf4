import { runCsvLibrary } from "./csv-library.ts";
import { runDuckDb, runDuckDbProfile } from "./duckdb.ts";
import { runKernel } from "./kernel.ts";
import { runComparison, runRanges } from "./ranges.ts";

/** What is run in a process of its own: takes the file and how many times it is read; gives the number of rows. */
const CONTENDERS: Record<string, (path: string, times: number) => Promise<number>> = {
  everything: (path, times) => runKernel(path, { profileOnly: false, times }),
  profile: (path, times) => runKernel(path, { profileOnly: true, times }),
  duckdb: (path) => runDuckDb(path),
  "duckdb-profile": (path) => runDuckDbProfile(path),
  "csv-parse": (path) => runCsvLibrary(path),
  ranges: (path, times) => runRanges(path, times),
  comparison: (path, times) => runComparison(path, times),
};

// contender.ts <name> <file> <times>: prints what it took.
const [name = "", path = "", times = "1"] = process.argv.slice(2);
const run = CONTENDERS[name];
if (run === undefined) throw new Error(`there is no contender ${name}`);
const cpuBefore = process.cpuUsage();
const started = performance.now();
const rows = await run(path, Number(times));
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuSeconds = (user + system) / 1e6;
process.stdout.write(
  `${JSON.stringify({ rows, seconds, cpuSeconds, peakRssBytes: process.resourceUsage().maxRSS * 1_024 })}\n`,
);
