import colors from "picocolors";
import { type ColumnChange, compareDatasets, type DatasetDiff } from "../../core/dataset/compare-datasets.ts";
import { openDataset } from "../support/data-access.ts";
import { requireModel } from "../support/definitions.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";
import { digits, percent } from "./data-show.ts";

/** `mlops data diff <model> [before] [after]`: what changed between two dataset versions; the last two when none is named. */
export async function dataDiff(
  model: string,
  before: string | undefined,
  after: string | undefined,
  options: SessionOptions & { json: boolean },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const second = await openDataset(session, model, after);
  const first = await openDataset(session, model, before, 1);
  const diff = compareDatasets(first, second);
  printResult(options.json, diff, () => render(diff));
}

function render(diff: DatasetDiff): string {
  const { batches, rows, columns, target } = diff;
  const sign = (n: number) => (n > 0 ? `+${n}` : String(n));
  const lines = [
    colors.bold(`${diff.before} -> ${diff.after}`),
    table(
      ["", "before", "after", "change"],
      (["total", "train", "validation", "test"] as const).map((side) => [
        side,
        rows.before[side],
        rows.after[side],
        sign(rows.after[side] - rows.before[side]),
      ]),
    ),
    `batches: ${batches.kept} kept${named(", added ", batches.added)}${named(", removed ", batches.removed)}`,
  ];
  if (columns.added.length > 0) lines.push(`columns added: ${columns.added.join(", ")}`);
  if (columns.removed.length > 0) lines.push(`columns removed: ${columns.removed.join(", ")}`);
  for (const { column, before, after } of columns.retyped) lines.push(`${column}: ${before} became ${after}`);
  lines.push(
    target.before === target.after ? `target: ${target.after}` : `target: ${target.before} -> ${target.after}`,
  );
  lines.push("", table(["column", "psi (debiased)", "what moved", "moved most"], columns.changes.map(changeRow)));
  return lines.join("\n");
}

function named(prefix: string, ids: readonly string[]): string {
  return ids.length === 0 ? "" : `${prefix}${ids.length}: ${ids.join(" ")}`;
}

function changeRow(change: ColumnChange): string[] {
  const { column, before, after, debiasedPsi, movedMost, newLevels } = change;
  const psi = debiasedPsi.toFixed(4);
  const mark = debiasedPsi >= 0.1 ? colors.red(psi) : debiasedPsi >= 0.01 ? colors.yellow(psi) : psi;
  const parts: string[] = [];
  if (before.mean !== undefined && after.mean !== undefined) {
    parts.push(`mean ${digits(before.mean)} -> ${digits(after.mean)}`);
  }
  if (before.trueShare !== undefined && after.trueShare !== undefined) {
    parts.push(`true ${percent(before.trueShare)} -> ${percent(after.trueShare)}`);
  }
  if (newLevels.length > 0)
    parts.push(`new levels: ${newLevels.slice(0, 3).join(", ")}${newLevels.length > 3 ? " ..." : ""}`);
  if (Math.abs(before.nullShare - after.nullShare) >= 0.001) {
    parts.push(`missing ${percent(before.nullShare)} -> ${percent(after.nullShare)}`);
  }
  return [
    column,
    mark,
    parts.join("; "),
    `${movedMost.bin}: ${percent(movedMost.before)} -> ${percent(movedMost.after)}`,
  ];
}
