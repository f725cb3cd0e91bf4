import { createHash } from "node:crypto";
import { SAMPLE_BYTES } from "../../core/data/formats/read-table.ts";
import { guessRenames } from "../../core/data/guess-renames.ts";
import { judgeBatch } from "../../core/data/judge-batch.ts";
import type { Profile } from "../../core/data/profile.ts";
import { planRanges, type RangeScan } from "../../core/data/ranges.ts";
import type { Reason } from "../../core/data/reason.ts";
import { keySketchFromJson } from "../../core/dataset/merge-keys.ts";
import { createRangeMerge, type MergedFile } from "../../core/dataset/merge-ranges.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { BatchManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys, s3Uri } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import { readJson, writeJson } from "../support/json.ts";
import { claimingExecution, type LargeFilePlan, readPlan } from "../support/large-file.ts";
import { loadBatchContext } from "./batch-context.ts";
import { acceptBatch, settleBatch } from "./ingest-batch.ts";
import { quarantineBatch } from "./quarantine-batch.ts";
import type { StoredPartial, StoredScan } from "./read-range.ts";

/** The batch that the ingest machine works on. */
export interface LargeBatch {
  readonly model: string;
  readonly batchId: string;
}

/** What became of a large file. */
export interface LargeFileAnswer {
  readonly outcome: "accepted" | "quarantined" | "duplicate";
  readonly rows: number;
}

/** Between the passes: puts the scans end to end, so that every range knows how it begins and the number of its first row. */
export async function placeRanges(factory: Factory, batch: LargeBatch): Promise<{ readonly ranges: number }> {
  const { model, batchId } = batch;
  const bucket = factory.settings.dataBucket;
  const plan = await readPlan(factory, model, batchId);
  const scans: RangeScan[] = [];
  for (const { index } of plan.ranges) scans.push((await readWork<StoredScan>(factory, batch, "scan", index)).scan);
  for (const [index, task] of planRanges(scans).entries()) {
    await writeJson(factory, { bucket, key: dataKeys.rangeWork(model, batchId, "task", index) }, task);
  }
  return { ranges: scans.length };
}

/**
 * After the passes: merges what the ranges have found and judges the whole, as ingest does with a small file. May be repeated after a crash.
 *
 * @throws MlopsError `registry.not-found` when there is no such batch
 */
export async function decideRanges(factory: Factory, batch: LargeBatch): Promise<LargeFileAnswer> {
  const { model, batchId } = batch;
  const item = await factory.registry.getBatch(model, batchId);
  if (item === null) throw new MlopsError("registry.not-found", `${model} has no batch ${batchId}`);
  const published = await factory.registry.getDefinition(model);
  if (item.status !== "processing") {
    await settleBatch(factory, item, published);
    return { outcome: "duplicate", rows: item.rows?.total ?? 0 };
  }
  const plan = await readPlan(factory, model, batchId);
  const { definition } = plan;
  const { file, parts, sha256, sample } = await mergeAll(factory, batch, plan);
  const context = await loadBatchContext(factory, item, definition);
  const { columns, timeRange, profile, rows } = file;
  const facts = { rows, profile, timeRange, columns, sha256, receivedAt: item.receivedAt, keys: file.keys, sample };
  const judgement = file.accepted ? judgeBatch(definition, facts, context) : { rejections: [], warnings: [] };
  const insight = { columns, timeRange, profile, context, warnings: [...file.warnings, ...judgement.warnings] };
  const reasons = [
    ...(await withRenames(factory, plan, file.reasons, columns, context.profile)),
    ...judgement.rejections,
  ];
  if (reasons.length > 0) {
    await removeParts(factory, parts);
    await quarantineBatch(factory, item, { rows, reasons, ...insight, definition });
    await removeWork(factory, batch, plan);
    return { outcome: "quarantined", rows };
  }
  const { sizeBytes } = plan;
  const accepted = await acceptBatch(factory, item, definition, {
    accepted: true,
    sizeBytes,
    sha256,
    parts,
    keys: file.keys,
    ...insight,
    rows: file.split,
  });
  await settleBatch(factory, accepted, published);
  await removeWork(factory, batch, plan);
  return { outcome: "accepted", rows };
}

/** Adds the guesses of one pass: which of the unknown columns a missing one has become, by the file's first rows. */
async function withRenames(
  factory: Factory,
  { source, sizeBytes, definition }: LargeFilePlan,
  reasons: readonly Reason[],
  columns: readonly string[],
  earlier: Profile | null,
): Promise<readonly Reason[]> {
  if (!reasons.some(({ rule }) => rule === "column-missing")) return reasons;
  const found = await factory.objects.read(source, { from: 0, to: Math.min(sizeBytes, SAMPLE_BYTES) });
  if (found === null) return reasons;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.body) chunks.push(chunk);
  return guessRenames(definition, reasons, columns, Buffer.concat(chunks), earlier);
}

/**
 * When the machine gives up, or was ended from outside: the failure goes on record, people are told, and the claim is free at once. Nothing of the file
 * is used, the upload stays where it is. May be repeated; once the claim is free, nothing is left to do.
 *
 * @param execution name of the execution that has ended, when it could not say so itself: it may have lost the batch to another one
 * @returns whether there was something to do
 */
export async function failRanges(
  factory: Factory,
  { model, batchId }: LargeBatch,
  error: { readonly Error: string; readonly Cause: string },
  execution?: string,
): Promise<boolean> {
  const item = await factory.registry.getBatch(model, batchId);
  if (item === null || item.status !== "processing") return false;
  const holder = claimingExecution(item);
  if (holder === null || (execution !== undefined && execution !== holder)) return false;
  const { source } = item;
  const at = factory.clock.now();
  const failure = `${error.Error}: ${error.Cause.slice(0, 1_000)}`;
  const fileName = (source.key.split("/").at(-1) ?? source.key).replaceAll(/[^\x20-\x7e]+/g, "?").slice(0, 100);
  const uri = s3Uri(source.bucket, source.key);
  // People first: whoever repeats this after a crash finds the claim still held, and tells them rather twice than never.
  await factory.alerts.publish({
    kind: "ingest-failed",
    severity: "critical",
    stage: factory.settings.stage,
    model,
    title: "a large upload could not be taken in",
    what: `${fileName} was not read to its end. Nothing of it is used for training; the file stays where it is, and the champion goes on serving.`,
    evidence: [failure, `file: ${uri}`, `execution: ${holder}`],
    commands: [
      // A copy onto itself is a new version, and a new version is a new upload.
      `aws s3 cp '${uri.replaceAll("'", "'\\''")}' '${uri.replaceAll("'", "'\\''")}' --metadata-directive REPLACE`,
      `mlops upload ${model} <the file>`,
      "aws stepfunctions list-executions --state-machine-arn <IngestStateMachineArn>",
    ],
  });
  await factory.registry.putAuditEvent({
    model,
    at: at.toISOString(),
    sequence: `batch-${batchId}-${holder}`,
    action: "IngestFailed",
    actor: "ingest",
    reason: failure,
    before: { batchId, status: "processing", execution: holder },
    after: { batchId, status: "processing", execution: null },
  });
  // Nobody works on it any more: an event that comes again may take it up.
  const claim = { by: "nobody", untilEpochSeconds: Math.floor(at.getTime() / 1_000), failure };
  await factory.registry.putBatch({ ...item, claim });
  return true;
}

interface Merged {
  readonly file: MergedFile;
  readonly parts: BatchManifest["parts"];
  readonly sha256: string;
  readonly sample: { readonly rows: readonly (readonly string[])[] };
}

async function mergeAll(factory: Factory, batch: LargeBatch, { definition, ranges }: LargeFilePlan): Promise<Merged> {
  const merge = createRangeMerge(definition);
  const hash = createHash("sha256");
  const sample: (readonly string[])[] = [];
  const parts: Record<keyof BatchManifest["parts"], BatchManifest["parts"]["train"][number][]> = {
    train: [],
    validation: [],
    test: [],
  };
  for (const { index } of ranges) {
    const { sha256 } = await readWork<StoredScan>(factory, batch, "scan", index);
    const stored = await readWork<StoredPartial>(factory, batch, "partial", index);
    hash.update(`${sha256}\n`);
    merge.add({
      ...stored.partial,
      keys: stored.partial.keys === null ? null : keySketchFromJson(stored.partial.keys),
    });
    sample.push(...stored.sample);
    for (const side of ["train", "validation", "test"] as const) parts[side].push(...stored.parts[side]);
  }
  return { file: merge.end(), parts, sha256: hash.digest("hex"), sample: { rows: sample } };
}

function readWork<T>(
  factory: Factory,
  { model, batchId }: LargeBatch,
  kind: "scan" | "partial",
  index: number,
): Promise<T> {
  return readJson(factory, {
    bucket: factory.settings.dataBucket,
    key: dataKeys.rangeWork(model, batchId, kind, index),
  });
}

async function removeParts(factory: Factory, parts: BatchManifest["parts"]): Promise<void> {
  for (const { key } of [...parts.train, ...parts.validation, ...parts.test]) {
    await factory.objects.delete({ bucket: factory.settings.dataBucket, key });
  }
}

/** The plan goes last: as long as it is there, a step that is repeated finds what it needs. */
async function removeWork(factory: Factory, { model, batchId }: LargeBatch, { ranges }: LargeFilePlan): Promise<void> {
  const bucket = factory.settings.dataBucket;
  for (const { index } of ranges) {
    for (const kind of ["scan", "task", "partial"] as const) {
      await factory.objects.delete({ bucket, key: dataKeys.rangeWork(model, batchId, kind, index) });
    }
  }
  await factory.objects.delete({ bucket, key: dataKeys.rangePlan(model, batchId) });
}
