/**
 * Counts of (true class, predicted class) pairs.
 * `counts[t * classCount + p]` is the number of rows of true class t that were predicted as p.
 */
export interface ConfusionMatrix {
  readonly classCount: number;
  readonly rows: number;
  readonly counts: Float64Array;
}

/** Confusion matrix over class indices in [0, classCount); RangeError for another index. labels, predicted: length n. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): ConfusionMatrix {
  const counts = new Float64Array(classCount * classCount);
  for (let i = 0; i < labels.length; i += 1) {
    const t = labels[i] as number;
    const p = predicted[i] as number;
    if (!(t >= 0 && t < classCount && p >= 0 && p < classCount)) {
      throw new RangeError(`row ${i} has classes ${t} and ${p}, allowed are 0 to ${classCount - 1}`);
    }
    counts[t * classCount + p] = (counts[t * classCount + p] as number) + 1;
  }
  return { classCount, rows: labels.length, counts };
}

/** Number of rows whose prediction is right. */
export function correctRows(matrix: ConfusionMatrix): number {
  let correct = 0;
  for (let c = 0; c < matrix.classCount; c += 1) correct += matrix.counts[c * (matrix.classCount + 1)] as number;
  return correct;
}

/** Per class: rows that are it, rows predicted as it, rows that are both. */
export interface ClassCounts {
  readonly actual: number;
  readonly predicted: number;
  readonly both: number;
}

/** Margins of the matrix, one entry a class. */
export function classCounts(matrix: ConfusionMatrix): ClassCounts[] {
  const { classCount, counts } = matrix;
  return Array.from({ length: classCount }, (_, c) => {
    let actual = 0;
    let predicted = 0;
    for (let k = 0; k < classCount; k += 1) {
      actual += counts[c * classCount + k] as number;
      predicted += counts[k * classCount + c] as number;
    }
    return { actual, predicted, both: counts[c * (classCount + 1)] as number };
  });
}

/** Predicted class of a binary scorer: 1 where the probability is at least `threshold`, else 0. */
export function binaryPredictions(scores: ArrayLike<number>, threshold = 0.5): Uint32Array {
  return Uint32Array.from(scores, (score) => (score >= threshold ? 1 : 0));
}

/** Predicted class index of each row: the first largest of its probabilities (row by row, length n * classCount). */
export function multiclassPredictions(probabilities: ArrayLike<number>, classCount: number): Uint32Array {
  const predicted = new Uint32Array(probabilities.length / classCount);
  for (let i = 0; i < predicted.length; i += 1) {
    let best = 0;
    for (let c = 1; c < classCount; c += 1) {
      const offset = i * classCount;
      if ((probabilities[offset + c] as number) > (probabilities[offset + best] as number)) best = c;
    }
    predicted[i] = best;
  }
  return predicted;
}
