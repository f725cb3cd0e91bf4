import type { BatchContext, RecentBatch } from "../../core/data/batch-facts.ts";
import { loadKeySketch, storeKeySketch } from "../../core/data/key-sketch.ts";
import { mergeProfiles } from "../../core/data/merge-profiles.ts";
import type { RuleId } from "../../core/data/reason.ts";
import type { BatchReport } from "../../core/data/report/batch-report.ts";
import { severityOf } from "../../core/data/severity.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import { NO_CONTEXT, RECENT_BATCHES } from "./batch-context.ts";
import { reportOf } from "./batch-report.ts";
import { type AcceptedFile, type RejectedFile, readUpload } from "./read-upload.ts";

/** The verdict on a file, and the report that ingest would write beside it. */
export interface ValidatedFile {
  readonly result: AcceptedFile | RejectedFile;
  readonly report: BatchReport;
}

/** A file to look at: a store that gives it whatever is asked for, and that nothing need be written to. */
export interface LocalFile {
  readonly name: string;
  readonly objects: ObjectStore;
}

/** The batch that a file on this machine would become. */
export function offlineBatch(definition: ModelDefinition, fileName: string, now: Date): BatchItem {
  return {
    model: definition.name,
    batchId: "offline",
    status: "processing",
    source: { bucket: "offline", key: `${definition.name}/incoming/${fileName}`, versionId: "null" },
    receivedAt: now.toISOString(),
    claim: null,
    decidedAt: null,
    rows: null,
    manifestKey: null,
    sourceSha256: null,
    dataHash: null,
    timeRange: null,
    reportKey: null,
    rules: [],
    settledAt: null,
  };
}

/**
 * Gives the verdict on a file without a factory, on the way that an upload takes.
 *
 * @param context the batches before it; without them, what needs them is not judged ({@link rulesAboutEarlierBatches})
 */
export async function validateFile(
  { name, objects }: LocalFile,
  definition: ModelDefinition,
  now: Date,
  context: BatchContext = NO_CONTEXT,
): Promise<ValidatedFile> {
  const item = offlineBatch(definition, name, now);
  const settings = {
    stage: "offline",
    region: "",
    dataBucket: "offline",
    artifactBucket: "offline",
    sagemakerRoleArn: "",
    alertTopicArn: "",
    largeFileBytes: Number.POSITIVE_INFINITY,
  };
  const result = await readUpload({ objects, settings }, item, definition, async () => context);
  if (result === "gone") throw new Error(`${name} vanished while it was read`);
  const found = result.accepted ? { ...result, rows: result.rows.total, reasons: [] } : result;
  const verdict = result.accepted ? "accepted" : "quarantined";
  return { result, report: reportOf(item, verdict, now.toISOString(), { ...found, definition }) };
}

/** Earlier files as a context, and those that would not have become a batch. */
export interface EarlierFiles {
  readonly context: BatchContext;
  /** Names of files that would be quarantined, each with the rules that it breaks. */
  readonly leftOut: readonly { readonly name: string; readonly rules: readonly string[] }[];
}

/** Reads files as if they had been uploaded one after the other, the oldest first: what the next one is compared with. */
export async function contextOfFiles(
  files: readonly LocalFile[],
  definition: ModelDefinition,
  now: Date,
): Promise<EarlierFiles> {
  let context: BatchContext = NO_CONTEXT;
  const leftOut: EarlierFiles["leftOut"][number][] = [];
  const accepted: { batch: RecentBatch; file: AcceptedFile }[] = [];
  for (const [index, file] of files.entries()) {
    const { result } = await validateFile(file, definition, now, context);
    if (!result.accepted) {
      leftOut.push({ name: file.name, rules: [...new Set(result.reasons.map(({ rule }) => rule))] });
      continue;
    }
    const { rows, sha256, timeRange, columns = [] } = result;
    const batch: RecentBatch = {
      batchId: `file ${index + 1}`,
      fileName: file.name,
      receivedAt: now.toISOString(),
      rows: rows.total,
      sha256,
      timeRange,
      columns,
    };
    accepted.unshift({ batch, file: result });
    accepted.splice(RECENT_BATCHES);
    context = {
      batches: accepted.map((one) => one.batch),
      profile: accepted.map((one) => one.file.profile).reduce(mergeProfiles),
      // As they would be stored: a large file leaves a sample of its keys.
      keys: accepted.flatMap(({ file: { keys } }) => (keys === undefined ? [] : [loadKeySketch(storeKeySketch(keys))])),
    };
  }
  return { context, leftOut };
}

const NEED_EARLIER_BATCHES: readonly RuleId[] = [
  "file-repeated",
  "known-keys",
  "row-count",
  "time-order",
  "new-levels",
  "batch-drift",
  "target-balance",
  "schema-change",
];

/** Rules that say nothing without earlier batches; those that the definition has turned off, or that it gives nothing to look at, left out. */
export function rulesAboutEarlierBatches(definition: ModelDefinition): RuleId[] {
  const { key, time, features } = definition.data;
  const hasCategory = Object.values(features).some(({ type }) => type === "category");
  return NEED_EARLIER_BATCHES.filter((rule) => {
    if (severityOf(definition, rule) === "off") return false;
    if (rule === "known-keys") return key.length > 0;
    if (rule === "time-order") return time !== undefined;
    return rule !== "new-levels" || hasCategory;
  });
}
