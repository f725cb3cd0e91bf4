import { createIngest } from "../core/data/ingest.ts";
import { parseDefinition } from "../core/definition/parse.ts";
import type { ModelDefinition } from "../core/definition/schema.ts";
import type { Measurement } from "./measurement.ts";

const FILE_BYTES = 200_000_000;
const CHUNK_BYTES = 65_536;
const BLOCK_ROWS = 20_000;

function definitionOf(format: "csv" | "jsonl"): ModelDefinition {
  return parseDefinition(
    `
schemaVersion: 1
name: bench
problem: binary-classification
data:
  format: ${format}
  target: { column: delayed, positive: ["yes"], negative: ["no"] }
  key: [flight]
  time: departure
  features:
    distance: { type: number, min: 0, max: 6000 }
    hour: { type: number, min: 0, max: 24 }
    temperature: { type: number }
    origin: { type: category }
    destination: { type: category }
    carrier: { type: category }
    weekday: { type: category }
    holiday: { type: boolean }
gate: { metric: auc }
`,
    "bench.yaml",
  );
}

const COLUMNS = [
  "flight",
  "departure",
  "distance",
  "hour",
  "temperature",
  "origin",
  "destination",
  "carrier",
  "weekday",
  "holiday",
  "remark",
  "delayed",
];

/** Deterministic pseudo-random numbers in [0, 1) (a linear congruential generator is enough for test data). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function rowOf(random: () => number, row: number): (string | number | boolean | null)[] {
  const airport = () => `AP${String(Math.floor(random() * 300)).padStart(3, "0")}`;
  const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  return [
    `XX${row}-${Math.floor(random() * 1e6)}`,
    new Date(978_307_200_000 + row * 60_000).toISOString().slice(0, 16),
    Math.floor(random() * 5_000),
    Number((random() * 24).toFixed(2)),
    random() < 0.1 ? null : Number((random() * 40 - 10).toFixed(1)),
    airport(),
    airport(),
    `C${Math.floor(random() * 20)}`,
    weekdays[row % 7] ?? "",
    random() < 0.05,
    random() < 0.1 ? 'delayed, "late" aircraft' : "",
    random() < 0.2 ? "yes" : "no",
  ];
}

/** A block of rows as bytes; the file repeats it. */
function block(format: "csv" | "jsonl"): Uint8Array {
  const random = generator(1);
  const quoted = (value: string) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = Array.from({ length: BLOCK_ROWS }, (_, row) => {
    const values = rowOf(random, row);
    if (format === "csv") return values.map((value) => (value === null ? "" : quoted(String(value)))).join(",");
    return JSON.stringify(Object.fromEntries(COLUMNS.map((name, i) => [name, values[i]])));
  });
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** Sends a file of about FILE_BYTES through the kernel; the result is megabytes (millions of bytes) a second. */
function measure(format: "csv" | "jsonl"): { megabytesPerSecond: number; peakRssGrowthMegabytes: number } {
  const content = block(format);
  const ingest = createIngest(definitionOf(format), { batchId: "0123456789abcdef" });
  if (format === "csv") ingest.write(new TextEncoder().encode(`${COLUMNS.join(",")}\n`));
  const rssBefore = process.memoryUsage().rss;
  let peak = rssBefore;
  let sent = 0;
  let written = 0;
  const started = performance.now();
  while (sent < FILE_BYTES) {
    for (let at = 0; at < content.length; at += CHUNK_BYTES) {
      const output = ingest.write(content.subarray(at, at + CHUNK_BYTES));
      written += output.train.length + output.validation.length + output.test.length;
    }
    sent += content.length;
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const result = ingest.end();
  const seconds = (performance.now() - started) / 1_000;
  if (!result.accepted || written < sent / 3)
    throw new Error(`the ingest bench failed: ${JSON.stringify(result.reasons)}`);
  return { megabytesPerSecond: sent / 1e6 / seconds, peakRssGrowthMegabytes: (peak - rssBefore) / 1e6 };
}

/** Measures the ingest kernel: validation, profile and split of a generated file on one core. */
export async function run(): Promise<Measurement[]> {
  const csv = measure("csv");
  const jsonl = measure("jsonl");
  const round = (value: number) => Number(value.toFixed(1));
  return [
    { name: "ingest kernel, CSV", value: round(csv.megabytesPerSecond), unit: "MB/s", target: ">= 40" },
    {
      name: "ingest kernel, CSV, growth of memory",
      value: round(csv.peakRssGrowthMegabytes),
      unit: "MB",
      target: "<= 200",
    },
    { name: "ingest kernel, JSON Lines", value: round(jsonl.megabytesPerSecond), unit: "MB/s", target: ">= 40" },
    {
      name: "ingest kernel, JSON Lines, growth of memory",
      value: round(jsonl.peakRssGrowthMegabytes),
      unit: "MB",
      target: "<= 200",
    },
  ];
}
