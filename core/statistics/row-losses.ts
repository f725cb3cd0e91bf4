/** Every function here returns one loss per row (length n); their mean is the metric of the same name. */

const PROBABILITY_EPSILON = 2 ** -52;

/** Probability clipped away from 0 and 1 as in scikit-learn's log_loss (by the epsilon of a double). */
function clip(probability: number): number {
  return Math.min(1 - PROBABILITY_EPSILON, Math.max(PROBABILITY_EPSILON, probability));
}

/** Binary log loss in nats; labels 1 or 0, scores = probability of the positive class. */
export function logLosses(labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  return rows(labels, scores, (label, score) => -Math.log(label === 1 ? clip(score) : 1 - clip(score)));
}

/** Squared error of the probability (Brier score of the row); labels 1 or 0. */
export function brierLosses(labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  return rows(labels, scores, (label, score) => (score - label) ** 2);
}

/** Squared errors, in squared units of the target. */
export function squaredErrors(labels: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  return rows(labels, values, (label, value) => (value - label) ** 2);
}

/** Absolute errors, in units of the target. */
export function absoluteErrors(labels: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  return rows(labels, values, (label, value) => Math.abs(value - label));
}

/** Absolute errors as a share of the label's size, whose zero counts as 2^-52 as in scikit-learn. */
export function absolutePercentageErrors(labels: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  return rows(
    labels,
    values,
    (label, value) => Math.abs(value - label) / Math.max(Math.abs(label), PROBABILITY_EPSILON),
  );
}

/**
 * Multiclass log loss in nats; labels = class index, probabilities row by row (length n * classCount).
 */
export function multiclassLogLosses(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): Float64Array {
  const losses = new Float64Array(labels.length);
  for (let i = 0; i < losses.length; i += 1) {
    losses[i] = -Math.log(clip(probabilities[i * classCount + (labels[i] as number)] as number));
  }
  return losses;
}

function rows(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  loss: (label: number, score: number) => number,
): Float64Array {
  if (labels.length !== scores.length) throw new RangeError(`got ${labels.length} labels but ${scores.length} scores`);
  const losses = new Float64Array(labels.length);
  for (let i = 0; i < losses.length; i += 1) losses[i] = loss(labels[i] as number, scores[i] as number);
  return losses;
}
