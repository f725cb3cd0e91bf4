import { argsort } from "./argsort.ts";

/** AUC of one scorer with DeLong's structural components, one for each row. */
export interface AucComponents {
  /** Area under the ROC curve, ties count one half. */
  readonly auc: number;
  readonly positives: number;
  readonly negatives: number;
  /**
   * Placement value of each row: for a positive the share of negatives scored below it, for a negative the share of
   * positives scored above it (ties one half). Length n, row order.
   */
  readonly placements: Float64Array;
}

/**
 * AUC and placement values by midranks in O(n) after sorting; null when one of the two classes has no row.
 * labels: length n, 1 = positive, anything else negative. scores: length n, higher = more positive; NaN is a RangeError.
 * Source: Sun & Xu 2014, https://doi.org/10.1109/LSP.2014.2337313
 */
export function aucComponents(labels: ArrayLike<number>, scores: ArrayLike<number>): AucComponents | null {
  const n = labels.length;
  if (scores.length !== n) throw new RangeError(`got ${n} labels but ${scores.length} scores`);
  const order = argsort(scores);
  let positives = 0;
  for (let i = 0; i < n; i += 1) if (labels[i] === 1) positives += 1;
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return null;

  const placements = new Float64Array(n);
  let below = 0;
  let positivesBelow = 0;
  let sum = 0;
  while (below < n) {
    const score = scores[order[below] as number];
    let end = below;
    let tiedPositives = 0;
    while (end < n && scores[order[end] as number] === score) {
      if (labels[order[end] as number] === 1) tiedPositives += 1;
      end += 1;
    }
    const negativesBelow = below - positivesBelow;
    const tiedNegatives = end - below - tiedPositives;
    const forPositive = (negativesBelow + tiedNegatives / 2) / negatives;
    const forNegative = (positives - positivesBelow - tiedPositives / 2) / positives;
    for (let k = below; k < end; k += 1) {
      const row = order[k] as number;
      placements[row] = labels[row] === 1 ? forPositive : forNegative;
    }
    sum += tiedPositives * (negativesBelow + tiedNegatives / 2);
    positivesBelow += tiedPositives;
    below = end;
  }
  return { auc: sum / positives / negatives, positives, negatives, placements };
}

/** Standard error of one AUC (DeLong 1988, https://doi.org/10.2307/2531595); NaN with fewer than two rows of a class. */
export function delongStandardError(labels: ArrayLike<number>, components: AucComponents): number {
  return standardError(labels, components, components.placements);
}

/** Difference of two AUCs on the same rows, and its paired standard error. */
export interface DelongComparison {
  readonly difference: number;
  readonly standardError: number;
}

/**
 * DeLong's paired comparison of two scorers over the same rows: difference = first minus second.
 * Both components must come from the same labels. Source: DeLong 1988, https://doi.org/10.2307/2531595
 */
export function delongPaired(labels: ArrayLike<number>, first: AucComponents, second: AucComponents): DelongComparison {
  const differences = first.placements.map((value, row) => value - (second.placements[row] as number));
  return { difference: first.auc - second.auc, standardError: standardError(labels, first, differences) };
}

function standardError(labels: ArrayLike<number>, counts: AucComponents, values: Float64Array): number {
  let positiveSum = 0;
  let negativeSum = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (labels[i] === 1) positiveSum += values[i] as number;
    else negativeSum += values[i] as number;
  }
  const positiveMean = positiveSum / counts.positives;
  const negativeMean = negativeSum / counts.negatives;
  let positiveSquares = 0;
  let negativeSquares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (labels[i] === 1) positiveSquares += (value - positiveMean) ** 2;
    else negativeSquares += (value - negativeMean) ** 2;
  }
  return Math.sqrt(
    positiveSquares / (counts.positives - 1) / counts.positives +
      negativeSquares / (counts.negatives - 1) / counts.negatives,
  );
}
