import { createHash } from "node:crypto";
import { SPLITS, type Split } from "../../core/data/split.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { DatasetManifest, PartReference } from "../../core/plans/dataset-plan.ts";
import type { Factory } from "../factory.ts";

/** Takes one file: called once for each part, in the manifest's order. */
export type PartSink = (name: string, body: AsyncIterable<Uint8Array>) => Promise<void>;

/** One part that was written. */
export interface CheckedPart {
  readonly side: Split;
  /** Path below the target directory, such as `train/0000-3f2a91c07be4d518-part-00000.csv`. */
  readonly name: string;
  readonly rows: number;
  readonly sizeBytes: number;
}

/**
 * Writes the rows of a dataset version again, byte by byte as they were trained on: each part is read by its S3 version id, whatever has been
 * written over it since, and its SHA-256 is compared with the manifest's. File names sort in the manifest's order.
 *
 * @throws MlopsError `data.object-gone` when a part's version was deleted, `data.invalid-manifest` when a part's content is not the manifest's
 */
export async function checkoutDataset(
  factory: Pick<Factory, "objects" | "settings">,
  manifest: DatasetManifest,
  sink: PartSink,
): Promise<readonly CheckedPart[]> {
  const written: CheckedPart[] = [];
  for (const side of SPLITS) {
    for (const [index, part] of manifest.parts[side].entries()) {
      const name = `${side}/${String(index).padStart(4, "0")}-${fileName(part)}`;
      const sizeBytes = await checkoutPart(factory, part, (body) => sink(name, body));
      written.push({ side, name, rows: part.rows, sizeBytes });
    }
  }
  return written;
}

async function checkoutPart(
  factory: Pick<Factory, "objects" | "settings">,
  part: PartReference,
  take: (body: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<number> {
  const { key, versionId, sha256 } = part;
  const found = await factory.objects.read({ bucket: factory.settings.dataBucket, key, versionId });
  if (found === null) {
    throw new MlopsError(
      "data.object-gone",
      `${key} (version ${versionId}) does not exist any more; the rows are lost`,
    );
  }
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* hashed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await take(hashed(found.body));
  const got = hash.digest("hex");
  if (got !== sha256) {
    throw new MlopsError(
      "data.invalid-manifest",
      `${key} (version ${versionId}) has the SHA-256 ${got}, the manifest says ${sha256}; the object was changed outside the factory`,
    );
  }
  return sizeBytes;
}

/** `<model>/batches/<batch id>/train/part-00000.csv` gives `<batch id>-part-00000.csv`. */
function fileName({ key }: PartReference): string {
  const [batchId = "", , last = ""] = key.split("/").slice(-3);
  return last.startsWith(batchId) ? last : `${batchId}-${last}`;
}
