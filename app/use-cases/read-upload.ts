import { createHash } from "node:crypto";
import { createIngest } from "../../core/data/ingest.ts";
import type { Profile } from "../../core/data/profile.ts";
import type { Reason } from "../../core/data/reason.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchManifest, RowCounts } from "../../core/plans/dataset-plan.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { PartWriters } from "../support/part-writers.ts";

/** A file that passed every rule; its parts are written. */
export interface AcceptedFile {
  readonly accepted: true;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly rows: RowCounts;
  readonly profile: Profile;
  readonly timeRange: { readonly from: string; readonly to: string } | null;
  readonly parts: BatchManifest["parts"];
}

/** A file that did not; nothing of it is left in the batch's folder. */
export interface RejectedFile {
  readonly accepted: false;
  readonly rows: number;
  readonly reasons: readonly Reason[];
}

/**
 * Streams an upload through the ingest kernel into the parts of its batch. Memory is constant: parts are uploaded while the
 * file is read, and reading waits for them.
 *
 * @returns `gone` when the object version does not exist any more
 */
export async function readUpload(
  factory: Pick<Factory, "objects" | "settings">,
  item: BatchItem,
  definition: ModelDefinition,
): Promise<AcceptedFile | RejectedFile | "gone"> {
  const found = await factory.objects.read(item.source);
  if (found === null) return "gone";
  const ingest = createIngest(definition, { batchId: item.batchId });
  const parts = new PartWriters(factory, item);
  const hash = createHash("sha256");
  try {
    for await (const chunk of found.body) {
      hash.update(chunk);
      await parts.write(ingest.write(chunk));
      if (ingest.isHopeless) break;
    }
    const result = ingest.end();
    if (!result.accepted) {
      await parts.abort();
      return { accepted: false, rows: result.rows, reasons: result.reasons };
    }
    await parts.write(result.output);
    return {
      accepted: true,
      sizeBytes: found.info.sizeBytes,
      sha256: hash.digest("hex"),
      rows: result.rows,
      profile: result.profile,
      timeRange: result.timeRange,
      parts: await parts.close(result.rows),
    };
  } catch (error) {
    await parts.abort();
    throw error;
  }
}
