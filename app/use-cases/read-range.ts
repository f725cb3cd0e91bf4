import { createHash } from "node:crypto";
import { createRangeScanner, type RangeScan, type RangeTask } from "../../core/data/ranges.ts";
import { RowSampler } from "../../core/data/row-sample.ts";
import type { IngestOutput } from "../../core/data/row-writer.ts";
import { type KeySketchJson, keySketchToJson } from "../../core/dataset/merge-keys.ts";
import { createRangeIngest, type RangePartial } from "../../core/dataset/range-ingest.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { BatchManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import { readJson, writeJson } from "../support/json.ts";
import { type LargeFilePlan, type NumberedRange, readOn, readPlan } from "../support/large-file.ts";
import { PartWriters } from "../support/part-writers.ts";

/** One range of a batch, as the ingest machine's steps name it. */
export interface RangeRequest {
  readonly model: string;
  readonly batchId: string;
  readonly range: NumberedRange;
}

/** What the first pass leaves in S3 for each range. */
export interface StoredScan {
  readonly scan: RangeScan;
  /** SHA-256 of exactly the range's bytes. */
  readonly sha256: string;
}

/** What the second pass leaves in S3 for each range. */
export interface StoredPartial {
  readonly partial: Omit<RangePartial, "keys"> & { readonly keys: KeySketchJson | null };
  readonly parts: BatchManifest["parts"];
  /** Some of the range's training rows. */
  readonly sample: readonly (readonly string[])[];
}

/** Training rows that all ranges together keep for the rules about whole batches. */
const SAMPLE_ROWS = 8_192;

/**
 * First pass over one range: where do its rows begin, and how many are there.
 *
 * @throws MlopsError `data.object-gone` when the upload was deleted meanwhile
 */
export async function scanRange(factory: Factory, { model, batchId, range }: RangeRequest): Promise<void> {
  const plan = await readPlan(factory, model, batchId);
  const found = await factory.objects.read(plan.source, { from: range.from, to: range.to });
  if (found === null) throw gone(plan);
  const scanner = createRangeScanner(plan.definition, { from: range.from, to: range.to });
  const hash = createHash("sha256");
  for await (const chunk of found.body) {
    hash.update(chunk);
    scanner.write(chunk);
  }
  const stored: StoredScan = { scan: scanner.end(), sha256: hash.digest("hex") };
  await writeWork(factory, model, batchId, "scan", range.index, stored);
}

/**
 * Second pass over one range: validates, profiles and splits its rows, as one Lambda does with a whole small file. Repeating it writes the same parts.
 *
 * @throws MlopsError `data.object-gone` when the upload was deleted meanwhile
 */
export async function ingestRange(factory: Factory, { model, batchId, range }: RangeRequest): Promise<void> {
  const plan = await readPlan(factory, model, batchId);
  const bucket = factory.settings.dataBucket;
  const key = dataKeys.rangeWork(model, batchId, "task", range.index);
  const task = await readJson<RangeTask>(factory, { bucket, key });
  const body = await readOn(factory, plan, task.from, task.to);
  if (body === null) throw gone(plan);
  const ingest = createRangeIngest(plan.definition, { batchId, task });
  const parts = new PartWriters(factory, { model, batchId }, range.index);
  const sampler = new RowSampler();
  const append = async (output: IngestOutput) => {
    sampler.add(output.train);
    await parts.write(output);
  };
  try {
    for await (const chunk of body) {
      await append(ingest.write(chunk));
      if (ingest.isDone) break;
    }
    const { output, partial } = ingest.end();
    await append(output);
    const keys = partial.keys === null ? null : keySketchToJson(partial.keys);
    const written = partial.split === null ? await discard(parts) : await parts.close(partial.split);
    const sample = thinned(sampler.build().rows, Math.ceil(SAMPLE_ROWS / plan.ranges.length));
    const stored: StoredPartial = { partial: { ...partial, keys }, parts: written, sample };
    await writeWork(factory, model, batchId, "partial", range.index, stored);
  } catch (error) {
    await parts.abort();
    throw error;
  }
}

/** Leaves nothing of a range whose file is refused anyway. */
async function discard(parts: PartWriters): Promise<BatchManifest["parts"]> {
  await parts.abort();
  return { train: [], validation: [], test: [] };
}

/** Every n-th of the rows, at most `limit`. */
function thinned<T>(rows: readonly T[], limit: number): readonly T[] {
  const step = Math.ceil(rows.length / limit);
  return rows.filter((_, index) => index % step === 0);
}

async function writeWork(
  factory: Factory,
  model: string,
  batchId: string,
  kind: "scan" | "partial",
  index: number,
  value: unknown,
): Promise<void> {
  const key = dataKeys.rangeWork(model, batchId, kind, index);
  await writeJson(factory, { bucket: factory.settings.dataBucket, key }, value);
}

function gone({ source }: LargeFilePlan): MlopsError {
  return new MlopsError(
    "data.object-gone",
    `${source.key} (version ${source.versionId}) was deleted while it was read`,
  );
}
