import colors from "picocolors";
import type { DriftItem } from "../../core/registry/items.ts";
import { requireModel } from "../support/definitions.ts";
import { time } from "../support/format.ts";
import { readJson } from "../support/objects.ts";
import { operate } from "../support/operate.ts";
import { printResult } from "../support/print.ts";
import { createProgress, type Progress } from "../support/progress.ts";
import { openSession, type Session, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";
import { until } from "../support/wait.ts";

/** A drift report as it lies in the data bucket (docs/contract.md). */
export interface DriftReport {
  readonly level: string;
  readonly alarmed: boolean;
  readonly reason: string;
  readonly rows: number;
  readonly period: { readonly from: string | null; readonly to: string | null };
  readonly features: ReadonlyArray<{
    readonly feature: string;
    readonly level: string;
    readonly debiasedPsi: number;
    readonly logBayesFactor: number;
    readonly window: string;
    readonly bins: ReadonlyArray<{ readonly bin: string; readonly referenceShare: number; readonly liveShare: number }>;
  }>;
}

/** `mlops drift <model> [--now]`: the newest check, or a check of what has been captured until now. */
export async function drift(model: string, options: SessionOptions & { json: boolean; now: boolean }): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const check = options.now
    ? await checkNow(session, model, createProgress())
    : (await session.registry.listDriftChecks(model, 1))[0];
  if (check === undefined) {
    printResult(
      options.json,
      null,
      () => `${model} has not been checked yet. "npx mlops drift ${model} --now" checks it.`,
    );
    return;
  }
  const report = check.reportKey === null ? null : await readJson<DriftReport>(session, check.reportKey);
  printResult(options.json, { ...check, report }, () => render(check, report));
}

/** Orders a check and waits for it. */
export async function checkNow(session: Session, model: string, progress: Progress): Promise<DriftItem> {
  const before = (await session.registry.listDriftChecks(model, 1))[0]?.checkedAt ?? "";
  progress.step(`check ${model} for drift`);
  await operate(session, { action: "drift", model, reason: "ordered with mlops drift --now" });
  const check = await until(`the drift check of ${model}`, 900, async () => {
    const [newest] = await session.registry.listDriftChecks(model, 1);
    return newest !== undefined && newest.checkedAt > before ? newest : undefined;
  });
  progress.done(`${check.level}, ${check.rows} new rows`);
  return check;
}

function render(check: DriftItem, report: DriftReport | null): string {
  const mark = check.alarmed ? colors.red(check.level) : colors.green(check.level);
  const head = `${colors.bold(check.model)} version ${check.version}, checked ${time(check.checkedAt)}: ${mark}`;
  const retraining = check.retraining === null ? "" : `\nretraining: ${check.retraining.reason}`;
  if (report === null) return `${head}${retraining}`;
  const rows = report.features.slice(0, 8).map((feature) => {
    const bin = feature.bins[0];
    const moved = bin === undefined ? "" : `${bin.bin}: ${share(bin.referenceShare)} -> ${share(bin.liveShare)}`;
    return [feature.feature, feature.level, feature.debiasedPsi.toFixed(4), feature.logBayesFactor.toFixed(1), moved];
  });
  return `${head}\n${report.reason}\n\n${table(["feature", "level", "psi (debiased)", "log evidence", "moved most"], rows)}${retraining}`;
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
