import { storeKeySketch } from "../../core/data/key-sketch.ts";
import { endedWithoutVerdict } from "../../core/data/rules/file-too-large.ts";
import { readIncomingKey } from "../../core/data/rules/key-path.ts";
import { noSuchModel } from "../../core/data/rules/no-such-model.ts";
import { dataHash, definitionHash } from "../../core/definition/definition.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { CreatedObject } from "../../core/events/object-created.ts";
import type { BatchManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import { makeBatchId } from "../../core/registry/ids.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";
import { writeJson } from "../support/json.ts";
import { TimeLimit } from "../support/time-limit.ts";
import { loadBatchContext } from "./batch-context.ts";
import { alertSevere, reportOf, writeReport } from "./batch-report.ts";
import { ensureHandedOver, handOver, isForTheMachine } from "./hand-over-upload.ts";
import { quarantineBatch, settleQuarantine, UNKNOWN_MODEL } from "./quarantine-batch.ts";
import { type AcceptedFile, readUpload } from "./read-upload.ts";
import { requestTraining } from "./request-training.ts";

/** What became of an upload. */
export interface IngestAnswer {
  readonly outcome: "accepted" | "quarantined" | "ignored" | "duplicate" | "handed-over";
  readonly model: string | null;
  readonly batchId: string | null;
}

/** Longer than a Lambda can run (15 minutes), so that a live worker never loses its claim. */
const CLAIM_SECONDS = 16 * 60;

/** How the function that works on an upload is doing. */
export interface IngestAttempt {
  /** How many times the message has come, this one included. */
  readonly number: number;
  /** Time until the platform ends the function. */
  readonly remainingMillis: () => number;
}

/** Attempts of which nothing was heard again before a file is taken to be too much for one function. */
const MAX_KILLED_ATTEMPTS = 2;
/** A smaller file that takes all the time of a function meets a slow cloud rather than its own size, and gets a second attempt. */
const SURELY_LARGE_BYTES = 100_000_000;

/**
 * Takes one upload from `incoming/` to exactly one batch: accepted or quarantined with reasons. The batch id follows from the object
 * version, so an event that comes again finds the work done, or goes on where a crash has left it.
 *
 * A file that does not fit the time of one function, or that ends it again and again, is quarantined with that reason.
 *
 * @param by id of the queue's message: the same message may take up its own claim again
 * @param attempt what is known about the function that runs this; without it, there is no limit
 * @throws MlopsError `cloud.unavailable` (retryable) while another worker has the same object
 */
export async function ingestBatch(
  factory: Factory,
  object: CreatedObject,
  by: string,
  attempt?: IngestAttempt,
): Promise<IngestAnswer> {
  if (!isUpload(object)) return { outcome: "ignored", model: null, batchId: null };
  const read = readIncomingKey(object.key);
  const published = read === null ? null : await factory.registry.getDefinition(read.place.model);
  const model = published?.model ?? UNKNOWN_MODEL;
  const batchId = makeBatchId(object);
  const wasKilled = await isKilledAgain(factory, { model, batchId, by, attempt });
  const { claimed, item } = await claim(factory, model, batchId, object, by);
  if (item.status !== "processing") {
    await settleBatch(factory, item, published);
    return { outcome: "duplicate", model, batchId };
  }
  if (!claimed) {
    if (await ensureHandedOver(factory, item)) return { outcome: "duplicate", model, batchId };
    throw new MlopsError(
      "cloud.unavailable",
      `batch ${batchId} is being read by another worker; the message comes again`,
    );
  }
  try {
    return await decide(factory, item, object, { read, published, by, attempt, wasKilled });
  } catch (error) {
    await rememberFailure(factory, item, error);
    throw error;
  }
}

interface Circumstances {
  readonly read: ReturnType<typeof readIncomingKey>;
  readonly published: PublishedDefinition | null;
  readonly by: string;
  readonly attempt: IngestAttempt | undefined;
  readonly wasKilled: boolean;
}

async function decide(
  factory: Factory,
  item: BatchItem,
  object: CreatedObject,
  { read, published, by, attempt, wasKilled }: Circumstances,
): Promise<IngestAnswer> {
  const { model, batchId } = item;
  const { sizeBytes } = object;
  if (read === null || published === null) {
    const known = (await factory.registry.listDefinitions()).map((definition) => definition.model);
    const reason = noSuchModel(object.key.split("/")[0] ?? "", known);
    await quarantineBatch(factory, item, { rows: 0, reasons: [reason] });
    return { outcome: "quarantined", model, batchId };
  }
  if (read.reason !== null) {
    await quarantineBatch(factory, item, { rows: 0, reasons: [read.reason] });
    return { outcome: "quarantined", model, batchId };
  }
  const { definition } = published;
  if (await isForTheMachine(factory, definition, item, sizeBytes)) {
    await handOver(factory, item, definition, sizeBytes, by);
    return { outcome: "handed-over", model, batchId };
  }
  if (wasKilled) {
    const reason = endedWithoutVerdict((attempt?.number ?? 0) - 1, sizeBytes, factory.settings.largeFileBytes);
    await quarantineBatch(factory, item, { rows: 0, reasons: [reason], definition });
    return { outcome: "quarantined", model, batchId };
  }
  const limit = attempt === undefined ? undefined : new TimeLimit(attempt.remainingMillis, sizeBytes);
  const context = () => loadBatchContext(factory, item, definition);
  const result = await readUpload(factory, item, definition, context, limit);
  if (result === "gone") {
    factory.log.info("upload was deleted before it was read", { model, batchId });
    return { outcome: "ignored", model, batchId };
  }
  const isSlow = !result.accepted && result.isOutOfTime === true;
  if (isSlow && attempt?.number === 1 && sizeBytes < SURELY_LARGE_BYTES) {
    throw new MlopsError("cloud.unavailable", `batch ${batchId} was not read in time; the message comes again`);
  }
  if (!result.accepted) {
    await quarantineBatch(factory, item, { ...result, definition });
    return { outcome: "quarantined", model, batchId };
  }
  const accepted = await acceptBatch(factory, item, definition, result);
  await settleBatch(factory, accepted, published);
  return { outcome: "accepted", model, batchId };
}

/** Whether the message has come so often, and its last attempt neither ended nor failed: the platform has ended it. */
async function isKilledAgain(
  factory: Factory,
  { model, batchId, by, attempt }: { model: string; batchId: string; by: string; attempt: IngestAttempt | undefined },
): Promise<boolean> {
  if (attempt === undefined || attempt.number <= MAX_KILLED_ATTEMPTS) return false;
  const before = await factory.registry.getBatch(model, batchId);
  return before?.status === "processing" && before.claim?.by === by && before.claim.failure === undefined;
}

/** Puts on record that an attempt has failed by itself, so that it is not mistaken for one that was killed. */
async function rememberFailure(factory: Factory, item: BatchItem, error: unknown): Promise<void> {
  const { model, batchId } = item;
  try {
    const now = await factory.registry.getBatch(model, batchId);
    if (now?.status !== "processing" || now.claim === null || now.claim.by !== item.claim?.by) return;
    const failure = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    await factory.registry.putBatch({ ...now, claim: { ...now.claim, failure } });
  } catch (second) {
    // The cause of the first failure is what the caller must hear of.
    factory.log.warn("the failure of an attempt is not on record", { model, batchId, why: String(second) });
  }
}

/** Whether a key is an upload at all. The S3 console's folder markers are not; nor is what the factory itself writes. */
function isUpload({ key, sizeBytes }: CreatedObject): boolean {
  if (key.endsWith("/") && sizeBytes === 0) return false;
  return key.startsWith("incoming/") || key.includes("/incoming/");
}

async function claim(
  factory: Factory,
  model: string,
  batchId: string,
  { bucket, key, versionId }: CreatedObject,
  by: string,
): Promise<{ claimed: boolean; item: BatchItem }> {
  const now = factory.clock.now();
  const nowEpochSeconds = Math.floor(now.getTime() / 1000);
  return factory.registry.claimBatch(
    {
      model,
      batchId,
      status: "processing",
      source: { bucket, key, versionId },
      receivedAt: now.toISOString(),
      claim: { by, untilEpochSeconds: nowEpochSeconds + CLAIM_SECONDS },
      decidedAt: null,
      rows: null,
      manifestKey: null,
      sourceSha256: null,
      dataHash: null,
      timeRange: null,
      reportKey: null,
      rules: [],
      settledAt: null,
    },
    nowEpochSeconds,
  );
}

/** Writes profile, report and manifest of a batch whose parts are there, and puts its acceptance on record. */
export async function acceptBatch(
  factory: Factory,
  item: BatchItem,
  definition: ModelDefinition,
  file: AcceptedFile,
): Promise<BatchItem> {
  const { model, batchId } = item;
  const bucket = factory.settings.dataBucket;
  const profileKey = dataKeys.batchProfile(model, batchId);
  const manifestKey = dataKeys.batchManifest(model, batchId);
  const manifest: BatchManifest = {
    schemaVersion: 1,
    model,
    batchId,
    source: { ...item.source, sizeBytes: file.sizeBytes, sha256: file.sha256 },
    definitionHash: definitionHash(definition),
    receivedAt: item.receivedAt,
    rows: file.rows,
    timeRange: file.timeRange,
    parts: file.parts,
    profileKey,
    columns: file.columns ?? [],
    warnings: (file.warnings ?? []).map(({ rule, column, message }) => ({
      rule,
      ...(column !== undefined && { column }),
      message,
    })),
  };
  const decidedAt = factory.clock.now().toISOString();
  await writeJson(factory, { bucket, key: profileKey }, file.profile);
  if (file.keys !== undefined) {
    await writeJson(factory, { bucket, key: dataKeys.batchKeys(model, batchId) }, storeKeySketch(file.keys));
  }
  const report = reportOf(item, "accepted", decidedAt, { ...file, rows: file.rows.total, reasons: [], definition });
  const reportKey = dataKeys.batchReport(model, batchId);
  await writeReport(factory, report, reportKey, dataKeys.batchReportPage(model, batchId));
  await writeJson(factory, { bucket, key: manifestKey }, manifest);
  const accepted: BatchItem = {
    ...item,
    status: "accepted",
    claim: null,
    decidedAt,
    reportKey,
    rows: file.rows,
    manifestKey,
    sourceSha256: file.sha256,
    dataHash: dataHash(definition),
    timeRange: file.timeRange,
  };
  await factory.registry.putBatch(accepted);
  const warnings = [...new Set(report.warnings.map(({ rule }) => rule))];
  factory.log.info("batch accepted", { model, batchId, rows: file.rows.total, warnings });
  return accepted;
}

/** Does what follows a decision, once; a crash in between is made good when the event comes again. */
export async function settleBatch(
  factory: Factory,
  item: BatchItem,
  published: PublishedDefinition | null,
): Promise<void> {
  if (item.settledAt !== null) return;
  if (item.status === "quarantined") {
    await settleQuarantine(factory, item);
    return;
  }
  await alertSevere(factory, item);
  if (published !== null) {
    const fileName = item.source.key.split("/").at(-1) ?? item.source.key;
    await requestTraining(factory, {
      model: item.model,
      trigger: { kind: "data", reason: `batch ${item.batchId} (${fileName.slice(0, 100)}) was accepted` },
      actor: "ingest",
    });
  }
  await factory.registry.putBatch({ ...item, settledAt: factory.clock.now().toISOString() });
}
