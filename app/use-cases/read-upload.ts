import type { BatchContext, BatchFacts, BatchFinding } from "../../core/data/batch-facts.ts";
import { readTable, type TableResult } from "../../core/data/formats/read-table.ts";
import { guessRenames } from "../../core/data/guess-renames.ts";
import { judgeBatch } from "../../core/data/judge-batch.ts";
import type { KeySketch } from "../../core/data/key-sketch.ts";
import type { Profile } from "../../core/data/profile.ts";
import type { Reason } from "../../core/data/reason.ts";
import { RowSampler } from "../../core/data/row-sample.ts";
import { outOfTime } from "../../core/data/rules/file-too-large.ts";
import type { TimeRange } from "../../core/data/time-column.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchManifest, RowCounts } from "../../core/plans/dataset-plan.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { PartWriters } from "../support/part-writers.ts";
import { tableSource } from "../support/table-source.ts";
import { limitTime, OutOfTime, type TimeLimit } from "../support/time-limit.ts";
import { NO_CONTEXT } from "./batch-context.ts";

/** What else is known about a file, for its report. */
export interface FileInsight {
  readonly columns: readonly string[];
  readonly timeRange: TimeRange | null;
  readonly profile: Profile;
  readonly warnings: readonly BatchFinding[];
  /** What it was compared with. */
  readonly context: BatchContext;
}

/** A file that passed every rule; its parts are written. */
export interface AcceptedFile extends Partial<FileInsight> {
  readonly accepted: true;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly rows: RowCounts;
  readonly profile: Profile;
  readonly timeRange: TimeRange | null;
  readonly parts: BatchManifest["parts"];
  readonly keys?: KeySketch;
}

/** A file that did not; nothing of it is left in the batch's folder. */
export interface RejectedFile extends Partial<FileInsight> {
  readonly accepted: false;
  readonly rows: number;
  readonly reasons: readonly Reason[];
  /** Whether the only thing that is known is that it took too long. */
  readonly isOutOfTime?: boolean;
}

/**
 * Streams an upload through the ingest kernel into the parts of its batch, and judges it as a whole. Memory is constant: parts are uploaded
 * while the file is read, and reading waits for them.
 *
 * @param loadContext loads what the batch is compared with; without it, it is judged on its own
 * @param limit time that there is for it; a file that takes longer is rejected with the reason
 * @returns `gone` when the object version does not exist any more
 */
export async function readUpload(
  factory: Pick<Factory, "objects" | "settings">,
  item: BatchItem,
  definition: ModelDefinition,
  loadContext: () => Promise<BatchContext> = async () => NO_CONTEXT,
  limit?: TimeLimit,
): Promise<AcceptedFile | RejectedFile | "gone"> {
  const found = await tableSource(factory, item.source);
  if (found === null) return "gone";
  const source = limit === undefined ? found : limitTime(found, limit);
  const parts = new PartWriters(factory, item);
  const sampler = new RowSampler();
  try {
    const result = await readTable(definition, source, {
      batchId: item.batchId,
      write: async (output) => {
        sampler.add(output.train);
        await parts.write(output);
        limit?.check();
      },
    });
    const context = await loadContext();
    const { columns, timeRange, profile, warnings } = result;
    if (!result.accepted) {
      await parts.abort();
      const reasons = renamesIn(definition, result, context);
      return { accepted: false, rows: result.rows, reasons, columns, timeRange, profile, warnings, context };
    }
    const { rows, keys } = result;
    const sha256 = result.table.sha256 ?? "";
    const sample = sampler.build();
    const facts: BatchFacts = {
      rows: rows.total,
      profile,
      timeRange,
      columns,
      sha256,
      receivedAt: item.receivedAt,
      keys,
      sample,
    };
    const judgement = judgeBatch(definition, facts, context);
    const insight = { columns, timeRange, profile, warnings: [...warnings, ...judgement.warnings], context };
    if (judgement.rejections.length > 0) {
      await parts.abort();
      return { accepted: false, rows: rows.total, reasons: judgement.rejections, ...insight };
    }
    const written = await parts.close(rows);
    return { accepted: true, sizeBytes: source.sizeBytes, sha256, rows, parts: written, keys, ...insight };
  } catch (error) {
    await parts.abort();
    if (!(error instanceof OutOfTime)) throw error;
    const reason = outOfTime(source.sizeBytes, error.seconds, factory.settings.largeFileBytes);
    return { accepted: false, rows: 0, reasons: [reason], isOutOfTime: true };
  }
}

/** Adds a guess to the reasons about missing columns: which of the unknown columns holds such values. */
function renamesIn(definition: ModelDefinition, result: TableResult, context: BatchContext): readonly Reason[] {
  return guessRenames(definition, result.reasons, result.columns, result.table.sample, context.profile);
}
