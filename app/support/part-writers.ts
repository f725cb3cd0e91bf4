import { SPLITS, type Split } from "../../core/data/split.ts";
import type { BatchManifest, RowCounts } from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import type { ObjectWriter } from "../ports/object-store.ts";

/** The three parts of a batch, or of one range of a batch; each upload begins with its first bytes. */
export class PartWriters {
  private readonly factory: Pick<Factory, "objects" | "settings">;
  private readonly batch: { readonly model: string; readonly batchId: string };
  private readonly index: number;
  private readonly open = new Map<Split, ObjectWriter>();

  /** @param index number of the range, 0 for a file that is read as a whole */
  constructor(
    factory: Pick<Factory, "objects" | "settings">,
    batch: { readonly model: string; readonly batchId: string },
    index = 0,
  ) {
    this.factory = factory;
    this.batch = batch;
    this.index = index;
  }

  /** Appends to the parts; waits while the store is behind. */
  async write(output: Readonly<Record<Split, Uint8Array>>): Promise<void> {
    for (const side of SPLITS) {
      if (output[side].length > 0) await this.writerOf(side).write(output[side]);
    }
  }

  /** Ends the uploads. A side without rows has no part, even if a header line was written. */
  async close(rows: Pick<RowCounts, Split>): Promise<BatchManifest["parts"]> {
    const parts: Record<Split, BatchManifest["parts"][Split][number][]> = { train: [], validation: [], test: [] };
    for (const [side, writer] of this.open) {
      if (rows[side] === 0) {
        await writer.abort();
        continue;
      }
      const { key, versionId, sizeBytes, sha256 } = await writer.close();
      parts[side].push({ key, versionId, sizeBytes, rows: rows[side], sha256 });
    }
    return parts;
  }

  /** Gives up what was not closed. */
  async abort(): Promise<void> {
    for (const writer of this.open.values()) await writer.abort();
  }

  private writerOf(side: Split): ObjectWriter {
    const present = this.open.get(side);
    if (present !== undefined) return present;
    const { model, batchId } = this.batch;
    const writer = this.factory.objects.openWriter(
      { bucket: this.factory.settings.dataBucket, key: dataKeys.batchPart(model, batchId, side, this.index) },
      side === "test" ? "application/jsonlines" : "text/csv",
    );
    this.open.set(side, writer);
    return writer;
  }
}
