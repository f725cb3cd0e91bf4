import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../../core/statistics/random.ts";

/** Writes model definitions into a fresh directory, as somebody would who adds folders under `models/`. */
export function modelsDirectory(definitions: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "mlops-models-"));
  for (const [name, yaml] of Object.entries(definitions)) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, "model.yaml"), yaml);
  }
  return directory;
}

/** A small model with one number and one category; trains in about a second. */
export function smallModel(name: string, more = ""): string {
  return `schemaVersion: 1
name: ${name}
description: A small model for tests
owner: tests
problem: binary-classification
data:
  format: csv
  target: { column: bad, positive: ["yes"], negative: ["no"] }
  key: [id]
  features:
    size: { type: number, min: -100, max: 100 }
    colour: { type: category, maxLevels: 20 }
training:
  recipe: xgboost
  hyperparameters: { max_depth: 3, eta: 0.3, num_round: 20, seed: 1 }
  instance: { type: ml.m5.large }
gate: { metric: auc, floors: { auc: 0.6 }, champion: { nonInferiorityMargin: 0.05 } }
endpoint: { instance: { type: ml.m5.large } }
delivery: { bakeSeconds: 0 }
retraining: { on: [data], cooldownMinutes: 0, maxRunsPerDay: 100 }
${more}`;
}

/** Rows for {@link smallModel}: large red things are bad more often. */
export function smallCsv(rows: number, seed: number, firstId = 0): string {
  const random = createRandom(seed);
  const lines = ["id,size,colour,bad"];
  for (let index = 0; index < rows; index += 1) {
    const size = Math.round((random.uniform() * 200 - 100) * 100) / 100;
    const colour = ["red", "green", "blue"][random.integer(3)] ?? "red";
    const risk = 1 / (1 + Math.exp(-(size / 25 + (colour === "red" ? 1.5 : -0.5))));
    lines.push(`${firstId + index},${size},${colour},${random.uniform() < risk ? "yes" : "no"}`);
  }
  return `${lines.join("\n")}\n`;
}
