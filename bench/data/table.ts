import { closeSync, openSync, writeSync } from "node:fs";
import { parseDefinition } from "../../core/definition/parse.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";

/** What a column of the table holds. */
export type ColumnKind = "float" | "integer" | "time" | "category";

/** The columns of the generated table: 9 floats, 5 integers, a time, 5 categories (one of them with quoted texts, the last one is the target). */
export const COLUMNS: readonly { name: string; kind: ColumnKind }[] = [
  ...Array.from({ length: 9 }, (_, i) => ({ name: `float${i + 1}`, kind: "float" as const })),
  ...Array.from({ length: 5 }, (_, i) => ({ name: `integer${i + 1}`, kind: "integer" as const })),
  { name: "moment", kind: "time" },
  ...Array.from({ length: 4 }, (_, i) => ({ name: `category${i + 1}`, kind: "category" as const })),
  { name: "outcome", kind: "category" },
];

/** The definition of the table: every column is checked, the key is the whole row (the dearest choice). */
export function tableDefinition(): ModelDefinition {
  const features = COLUMNS.flatMap(({ name, kind }) => {
    if (kind === "float") return [`    ${name}: { type: number }`];
    if (kind === "integer") return [`    ${name}: { type: number, integer: true, min: -1000000, max: 1000000 }`];
    return kind === "category" && name !== "outcome" ? [`    ${name}: { type: category }`] : [];
  });
  return parseDefinition(
    `schemaVersion: 1
name: bench
problem: binary-classification
data:
  target: { column: outcome, positive: ["yes"], negative: ["no"] }
  time: moment
  features:
${features.join("\n")}
gate: { metric: auc }
`,
    "bench.yaml",
  );
}

/** Deterministic pseudo-random numbers in [0, 1): mulberry32 (public domain, Tommy Ettinger). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CITIES = ["Lyon", "Fort Worth, TX", "Köln", "Washington, DC", "Sevilla", 'The "Hub"', "Kraków", "Osaka"];
const PHASES = ["Climb", "Approach", "Take-off run", "Landing Roll", "En Route", "Descent", "Taxi", "Parked"];

/** One row: floats of several sizes and precisions, one in 50 empty; categories of 8 to 1,000 levels. */
function rowOf(random: () => number, row: number): string {
  const cells: string[] = [];
  for (let i = 0; i < 9; i++) {
    const x = (random() - 0.4) * 10 ** (i % 5);
    cells.push(random() < 0.02 ? "" : i === 8 ? String(x) : x.toFixed(6 - (i % 4)));
  }
  for (let i = 0; i < 5; i++) cells.push(String(Math.floor((random() - 0.2) * 10 ** (i + 2))));
  cells.push(new Date(978_307_200_000 + row * 1_000).toISOString().slice(0, 19).replace("T", " "));
  const city = CITIES[Math.floor(random() * CITIES.length)] ?? "";
  cells.push(/[",]/.test(city) ? `"${city.replaceAll('"', '""')}"` : city);
  cells.push(PHASES[Math.floor(random() ** 2 * PHASES.length)] ?? "");
  cells.push(`AP${String(Math.floor(random() * 1_000)).padStart(4, "0")}`);
  cells.push(random() < 0.1 ? "" : `group ${Math.floor(random() * 40)}`);
  cells.push(random() < 0.2 ? "yes" : "no");
  return cells.join(",");
}

/** Writes the table as CSV with a header line. */
export function writeTable(path: string, rows: number): void {
  const random = generator(1);
  const file = openSync(path, "w");
  writeSync(file, `${COLUMNS.map(({ name }) => name).join(",")}\n`);
  for (let first = 0; first < rows; first += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - first) }, (_, i) => rowOf(random, first + i));
    writeSync(file, `${lines.join("\n")}\n`);
  }
  closeSync(file);
}
