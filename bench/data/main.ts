import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import { table } from "../../cli/support/table.ts";
import { holds, type Measurement } from "../measurement.ts";
import { writeTable } from "./table.ts";

const run = promisify(execFile);
const ROWS = 1_000_000;
const REPEATS = 5;

interface Outcome {
  rows: number;
  seconds: number;
  /** Processor time of all threads: other work on the machine does not count. */
  cpuSeconds: number;
  peakRssBytes: number;
}

const { values } = parseArgs({ options: { json: { type: "string" }, rows: { type: "string" } } });
const rows = Number(values.rows ?? ROWS);
// A bundle, so that contenders run in plain Node.js processes, as in a Lambda, whose memory is theirs alone.
const bundleFolder = join(import.meta.dirname, "../../node_modules/.cache/bench-data");
const bundle = join(bundleFolder, "contender.mjs");
mkdirSync(bundleFolder, { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, "contender.ts")],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
const folder = mkdtempSync(join(tmpdir(), "bench-data-"));
const file = join(folder, "table.csv");

/** Runs a contender in a process of its own. */
async function contend(name: string, times = 1): Promise<Outcome> {
  process.stderr.write(`${name} ...\n`);
  const { stdout } = await run(process.execPath, [bundle, name, file, String(times)], { maxBuffer: 1e8 });
  return JSON.parse(stdout) as Outcome;
}

const round = (value: number) => Number(value.toPrecision(4));
const results: Measurement[] = [];
try {
  process.stderr.write(`writing ${rows} rows ...\n`);
  writeTable(file, rows);
  const megabytes = statSync(file).size / 1e6;
  // Turn by turn, so that a busy moment of the machine meets everybody; the best of each counts.
  const names = ["profile", "everything", "duckdb-profile", "duckdb"] as const;
  const best = new Map<string, Outcome>();
  const wall = new Map<string, number>();
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const name of names) {
      const outcome = await contend(name);
      if (outcome.rows !== rows) throw new Error(`${name} has read ${outcome.rows} rows of ${rows}`);
      wall.set(name, Math.min(outcome.seconds, wall.get(name) ?? Number.POSITIVE_INFINITY));
      const before = best.get(name);
      if (before === undefined || outcome.cpuSeconds < before.cpuSeconds) best.set(name, outcome);
    }
  }
  const library = await contend("csv-parse");
  best.set("csv-parse", library);
  wall.set("csv-parse", library.seconds);
  const speed = (name: string) => megabytes / (best.get(name)?.cpuSeconds ?? Number.NaN);
  const clockSpeed = (name: string) => megabytes / (wall.get(name) ?? Number.NaN);
  const memory = (name: string) => (best.get(name)?.peakRssBytes ?? Number.NaN) / 1e6;
  const labels: [string, string][] = [
    ["profile", "kernel, profile only"],
    ["everything", "kernel, everything (validate, profile, hash, split)"],
    ["duckdb-profile", "DuckDB, one thread, the same profile"],
    ["duckdb", "DuckDB, one thread, its own quantile sketch"],
    ["csv-parse", "csv-parse with accumulators"],
  ];
  for (const [name, label] of labels) {
    const target = name === "profile" || name === "everything" ? { target: "<= 128" } : {};
    results.push({ name: `${label}: speed`, value: round(clockSpeed(name)), unit: "MB/s" });
    results.push({ name: `${label}: speed, processor time`, value: round(speed(name)), unit: "MB/s" });
    results.push({ name: `${label}: peak memory`, value: round(memory(name)), unit: "MB", ...target });
  }
  // By the clock both have one thread for the work; the processor's time of the kernel includes that of V8's compiler threads.
  for (const [name, target] of [
    ["profile", ">= 4.5"],
    ["everything", ">= 3.5"],
  ] as const) {
    results.push({
      name: `kernel, ${name}, to DuckDB with the same profile`,
      value: round(clockSpeed(name) / clockSpeed("duckdb-profile")),
      unit: "times",
      target,
    });
    results.push({
      name: `kernel, ${name}, to DuckDB with the same profile, processor time`,
      value: round(speed(name) / speed("duckdb-profile")),
      unit: "times",
    });
    results.push({
      name: `kernel, ${name}, to DuckDB with its own quantile sketch`,
      value: round(clockSpeed(name) / clockSpeed("duckdb")),
      unit: "times",
    });
  }
  const times = (bytes: number) => Math.max(1, Math.round(bytes / 1e6 / megabytes));
  const large = await contend("everything", times(2e9));
  results.push({
    name: "kernel, everything, 2 GB: peak memory",
    value: round(large.peakRssBytes / 1e6),
    unit: "MB",
    target: "<= 128",
  });
  results.push({
    name: "kernel, everything, 2 GB: speed",
    value: round((megabytes * times(2e9)) / large.seconds),
    unit: "MB/s",
  });
  const ranges = await contend("ranges", times(1e9));
  results.push({
    name: "kernel, 1 GB in 8 ranges one after the other, both passes",
    value: round((megabytes * times(1e9)) / ranges.seconds),
    unit: "MB/s",
  });
  const comparison = await contend("comparison", times(1e9));
  results.push({
    name: "1 GB in 8 ranges: same counts and split as one pass",
    value: comparison.rows === 8 ? 1 : 0,
    unit: "yes = 1",
    target: ">= 1",
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const lines = results.map((item) => [
  item.name,
  item.value,
  item.unit,
  item.target ?? "",
  item.target === undefined ? "" : holds(item) ? "held" : "MISSED",
]);
process.stdout.write(`${table(["what", "value", "unit", "target", ""], lines)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
