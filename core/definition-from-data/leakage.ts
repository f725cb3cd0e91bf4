import type { Problem } from "../definition/metrics.ts";
import { auc } from "../statistics/ranking-metrics.ts";

/** Rows that are needed before a pattern means anything. */
const MIN_ROWS = 100;
/** A single feature that separates classes so well is nearly always a consequence of the answer. */
const PERFECT_AUC = 0.999;
const PERFECT_CORRELATION = 0.9999;
const PERFECT_PURITY = 0.999;
/** Rows that a level needs before its purity counts. */
const MIN_LEVEL_ROWS = 5;
/** When what differs from the usual value means one outcome in so many rows. */
const TELLING_SHARE = 0.97;
const MIN_TELLING_ROWS = 30;
/** Or when a column has its usual value nearly always, and otherwise the outcome is this often and so many times more often unusual. */
const RARE_MODE_SHARE = 0.9;
const STRONG_SHARE = 0.6;
const STRONG_RATIO = 5;

/**
 * Looks whether a column knows the answer already, in a sample: separates the classes perfectly, is missing exactly for some of them, or
 * differs from its usual value (0, empty) practically only when the outcome is not the usual one, as costs do that are known afterwards.
 *
 * @param cells the column's texts, null where missing
 * @param target the target's texts, null where missing
 * @returns why it is suspicious, or null
 */
export function leakageSuspicion(
  cells: readonly (string | null)[],
  target: readonly (string | null)[],
  problem: Problem,
  isNumber: boolean,
): string | null {
  const rows = cells.flatMap((cell, index) => {
    const answer = target[index];
    return answer === null || answer === undefined ? [] : [{ cell, answer }];
  });
  if (rows.length < MIN_ROWS) return null;
  const filled = rows.filter((row): row is { cell: string; answer: string } => row.cell !== null);
  if (filled.length >= MIN_ROWS && filled.every(({ cell, answer }) => cell === answer))
    return "is the same as the target";
  if (problem === "regression") return isNumber ? correlated(filled) : null;
  const usual = mostFrequent(rows.map(({ answer }) => answer));
  return (
    missingByClass(rows, usual.text) ??
    (isNumber ? separated(filled, usual.text) : pure(filled)) ??
    telling(rows, usual)
  );
}

type Filled = readonly { readonly cell: string; readonly answer: string }[];
type Rows = readonly { readonly cell: string | null; readonly answer: string }[];

function mostFrequent(texts: readonly (string | null)[]): { text: string | null; share: number } {
  const counts = new Map<string | null, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best === undefined ? { text: null, share: 0 } : { text: best[0], share: best[1] / texts.length };
}

function correlated(rows: Filled): string | null {
  if (rows.length < MIN_ROWS) return null;
  const xs = rows.map(({ cell }) => Number(cell));
  const ys = rows.map(({ answer }) => Number(answer));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [sxx, syy, sxy] = [0, 0, 0];
  for (const [index, x] of xs.entries()) {
    const y = ys[index] as number;
    sxx += (x - mx) ** 2;
    syy += (y - my) ** 2;
    sxy += (x - mx) * (y - my);
  }
  const correlation = sxy / Math.sqrt(sxx * syy);
  return Math.abs(correlation) >= PERFECT_CORRELATION
    ? `is the target in another unit (correlation ${correlation.toFixed(5)})`
    : null;
}

function missingByClass(rows: Rows, usual: string | null): string | null {
  const missing = rows.filter(({ cell }) => cell === null);
  if (missing.length < MIN_TELLING_ROWS || rows.length - missing.length < MIN_TELLING_ROWS) return null;
  const inUsual = missing.filter(({ answer }) => answer === usual).length;
  const usualRows = rows.filter(({ answer }) => answer === usual).length;
  const exact =
    (inUsual === missing.length && inUsual === usualRows) ||
    (inUsual === 0 && missing.length === rows.length - usualRows);
  return exact ? "is missing exactly for some outcomes" : null;
}

function separated(rows: Filled, usual: string | null): string | null {
  const numbers = rows.map(({ cell, answer }) => ({ x: Number(cell), isOther: answer === usual ? 0 : 1 }));
  const usable = numbers.filter(({ x }) => Number.isFinite(x));
  const area = auc(
    usable.map(({ isOther }) => isOther),
    usable.map(({ x }) => x),
  );
  const strength = Math.max(area, 1 - area);
  return strength >= PERFECT_AUC ? `alone tells the outcome (AUC ${strength.toFixed(4)})` : null;
}

function pure(rows: Filled): string | null {
  const byLevel = new Map<string, Map<string, number>>();
  for (const { cell, answer } of rows) {
    const answers = byLevel.get(cell) ?? new Map<string, number>();
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    byLevel.set(cell, answers);
  }
  let covered = 0;
  let right = 0;
  const winners = new Set<string>();
  for (const answers of byLevel.values()) {
    const total = [...answers.values()].reduce((sum, n) => sum + n, 0);
    if (total < MIN_LEVEL_ROWS) continue;
    const [winner] = [...answers].sort((a, b) => b[1] - a[1]);
    covered += total;
    right += winner?.[1] ?? 0;
    if (winner !== undefined) winners.add(winner[0]);
  }
  const isTelling = winners.size > 1 && covered >= 0.9 * rows.length && right >= PERFECT_PURITY * covered;
  return isTelling ? `alone tells the outcome (right in ${((100 * right) / covered).toFixed(1)} % of the rows)` : null;
}

function telling(rows: Rows, usual: { text: string | null; share: number }): string | null {
  if (usual.share < 0.5) return null;
  const mode = mostFrequent(rows.map(({ cell }) => cell));
  if (mode.share < 0.5) return null;
  const differing = rows.filter(({ cell }) => cell !== mode.text);
  if (differing.length < MIN_TELLING_ROWS) return null;
  const share = differing.filter(({ answer }) => answer !== usual.text).length / differing.length;
  const isRareAndStrong =
    mode.share >= RARE_MODE_SHARE && share >= STRONG_SHARE && share >= STRONG_RATIO * (1 - usual.share);
  if (share < TELLING_SHARE && !isRareAndStrong) return null;
  const shown = mode.text === null ? "missing" : mode.text;
  return `when it is not ${shown}, the outcome is not ${usual.text} in ${percent(share)} of the rows (otherwise in ${percent(1 - usual.share)}): it may be known only afterwards`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
