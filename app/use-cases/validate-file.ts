import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import { type AcceptedFile, type RejectedFile, readUpload } from "./read-upload.ts";

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
): Promise<AcceptedFile | RejectedFile> {
  const item: BatchItem = {
    model: definition.name,
    batchId: "offline",
    status: "processing",
    source: { bucket: "offline", key: `${definition.name}/incoming/${fileName}`, versionId: "null" },
    receivedAt: "1970-01-01T00:00:00.000Z",
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
  return result;
}
