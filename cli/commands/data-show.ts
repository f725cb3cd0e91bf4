import colors from "picocolors";
import { instantText } from "../../core/data/instant-text.ts";
import { type ColumnSummary, describeTarget, summarizeFeature } from "../../core/dataset/summarize-profile.ts";
import { openDataset } from "../support/data-access.ts";
import { requireModel } from "../support/definitions.ts";
import { time } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** `mlops data show <model> [dataset]`: batches, rows and columns of a dataset version; the newest one when none is named. */
export async function dataShow(
  model: string,
  dataset: string | undefined,
  options: SessionOptions & { json: boolean },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const { manifest, profile } = await openDataset(session, model, dataset);
  const batches = await Promise.all(manifest.batches.map((id) => session.registry.getBatch(model, id)));
  const files = manifest.batches.map((batchId, index) => ({
    batchId,
    file: batches[index]?.source.key.split("/").slice(2).join("/") ?? null,
    receivedAt: batches[index]?.receivedAt ?? null,
    rows: batches[index]?.rows?.total ?? null,
  }));
  printResult(options.json, { manifest, files, profile }, () => {
    const { datasetId, createdAt, rows } = manifest;
    const columns = Object.entries(profile.features).map(([name, feature]) =>
      columnRow(name, summarizeFeature(feature)),
    );
    return [
      `${colors.bold(model)} dataset ${datasetId}, made ${time(createdAt)}: ${rows.total} rows (train ${rows.train}, validation ${rows.validation}, test ${rows.test})`,
      `target: ${describeTarget(profile.target)}`,
      "",
      table(
        ["batch", "received", "rows", "file"],
        files.map((file) => [file.batchId, time(file.receivedAt), file.rows ?? "-", file.file ?? "-"]),
      ),
      "",
      table(["column", "type", "missing", "values"], columns),
    ].join("\n");
  });
}

function columnRow(name: string, summary: ColumnSummary): string[] {
  return [name, summary.type, percent(summary.nullShare), describeColumn(summary)];
}

/** A share as `12.3 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The values of a column in one line. */
export function describeColumn(summary: ColumnSummary): string {
  if (summary.type === "number") {
    return `${digits(summary.min)} to ${digits(summary.max)}, mean ${digits(summary.mean)}, median ${digits(summary.median)}, deviation ${digits(summary.deviation)}`;
  }
  if (summary.type === "boolean") return `true in ${percent(summary.trueShare ?? 0)}`;
  if (summary.type === "timestamp") {
    const moment = (millis: number | null | undefined) => (typeof millis === "number" ? instantText(millis) : "-");
    return `${moment(summary.min)} to ${moment(summary.max)}`;
  }
  const top = (summary.topLevels ?? []).map(({ level, share }) => `${level} ${percent(share)}`).join(", ");
  if (summary.type === "text") {
    return `${digits(summary.min)} to ${digits(summary.max)} characters, mean ${digits(summary.mean)}, words: ${top}`;
  }
  return `${summary.levels} levels: ${top}`;
}

/** A number with four significant digits. */
export function digits(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? "-" : String(Number(value.toPrecision(4)));
}
