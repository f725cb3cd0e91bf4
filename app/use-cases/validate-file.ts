import type { BatchReport } from "../../core/data/report/batch-report.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import { reportOf } from "./batch-report.ts";
import { type AcceptedFile, type RejectedFile, readUpload } from "./read-upload.ts";

/** The verdict on a file, and the report that ingest would write beside it. */
export interface ValidatedFile {
  readonly result: AcceptedFile | RejectedFile;
  readonly report: BatchReport;
}

/**
 * Gives the verdict on a file without a factory, on the way that an upload takes. What needs the batches before it (the same rows uploaded
 * twice, a row count unlike the others', drift) is not known here.
 *
 * @param objects a store that gives the file whatever is asked for, and that nothing need be written to
 */
export async function validateFile(
  objects: ObjectStore,
  definition: ModelDefinition,
  fileName: string,
  now: Date,
): Promise<ValidatedFile> {
  const item: BatchItem = {
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
  const settings = {
    stage: "offline",
    region: "",
    dataBucket: "offline",
    artifactBucket: "offline",
    sagemakerRoleArn: "",
    alertTopicArn: "",
    largeFileBytes: Number.POSITIVE_INFINITY,
  };
  const result = await readUpload({ objects, settings }, item, definition);
  if (result === "gone") throw new Error(`${fileName} vanished while it was read`);
  const found = result.accepted ? { ...result, rows: result.rows.total, reasons: [] } : result;
  const verdict = result.accepted ? "accepted" : "quarantined";
  return { result, report: reportOf(item, verdict, now.toISOString(), { ...found, definition }) };
}
