import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { SketchBuilder } from "../../core/data/sketch.ts";
import { COLUMNS } from "./table.ts";

/** Accumulators that one writes over a CSV library: moments, extremes, buckets and a set of distinct values by column. */
export async function runCsvLibrary(path: string): Promise<number> {
  const numbers = COLUMNS.map(() => ({
    count: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    mean: 0,
    m2: 0,
    sketch: new SketchBuilder(),
  }));
  const levels = COLUMNS.map(() => new Map<string, number>());
  const parser = createReadStream(path).pipe(parse({ fromLine: 2 }));
  let rows = 0;
  for await (const record of parser as AsyncIterable<string[]>) {
    rows++;
    for (const [index, { kind }] of COLUMNS.entries()) {
      const text = record[index] ?? "";
      if (text === "") continue;
      const level = levels[index];
      const column = numbers[index];
      if (column === undefined || level === undefined) continue;
      if (kind === "category") {
        level.set(text, (level.get(text) ?? 0) + 1);
        continue;
      }
      const x = kind === "time" ? Date.parse(text) : Number(text);
      if (Number.isNaN(x)) throw new Error(`row ${rows}: ${text} is no ${kind}`);
      column.count++;
      if (x < column.min) column.min = x;
      if (x > column.max) column.max = x;
      const delta = x - column.mean;
      column.mean += delta / column.count;
      column.m2 += delta * (x - column.mean);
      if (kind !== "time") column.sketch.add(x);
    }
  }
  return rows;
}
