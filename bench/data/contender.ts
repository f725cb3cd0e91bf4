import { runCsvLibrary } from "./csv-library.ts";
import { openDuckDb, runDuckDb } from "./duckdb.ts";
import { runKernel } from "./kernel.ts";
import { runComparison, runRanges } from "./ranges.ts";
import { tableDefinition } from "./table.ts";

type Run = (path: string, times: number) => Promise<number>;

/**
 * What is run in a process of its own: first it loads what it needs, which is not measured, then it takes the file and how many times
 * it is read, and gives the number of rows.
 */
const CONTENDERS: Record<string, () => Promise<Run>> = {
  everything: async () => kernel(false),
  profile: async () => kernel(true),
  duckdb: () => duckDb("t-digest"),
  "duckdb-profile": () => duckDb("buckets"),
  "csv-parse": async () => runCsvLibrary,
  ranges: async () => runRanges,
  comparison: async () => runComparison,
};

function kernel(profileOnly: boolean): Run {
  const definition = tableDefinition();
  return (path, times) => runKernel(definition, path, { profileOnly, times });
}

async function duckDb(quantiles: "buckets" | "t-digest"): Promise<Run> {
  const connection = await openDuckDb();
  return (path) => runDuckDb(connection, path, quantiles);
}

// contender.ts <name> <file> <times>: prints what it took.
const [name = "", path = "", times = "1"] = process.argv.slice(2);
const contender = CONTENDERS[name];
if (contender === undefined) throw new Error(`there is no contender ${name}`);
const run = await contender();
const cpuBefore = process.cpuUsage();
const started = performance.now();
const rows = await run(path, Number(times));
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuSeconds = (user + system) / 1e6;
process.stdout.write(
  `${JSON.stringify({ rows, seconds, cpuSeconds, peakRssBytes: process.resourceUsage().maxRSS * 1_024 })}\n`,
);
