import type { Problem } from "../definition/metrics.ts";
import {
  binaryPredictions,
  type ConfusionMatrix,
  confusionMatrix,
  multiclassPredictions,
} from "../statistics/confusion-matrix.ts";
import { type AucComponents, aucComponents } from "../statistics/delong.ts";
import { weightedAveragePrecision } from "../statistics/ranking-metrics.ts";

/** One model's answers to the held-out rows; what several metrics need is computed once, when first asked for. */
export interface Sample {
  readonly problem: Problem;
  readonly rows: number;
  readonly labels: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  /** 2 for binary, the number of classes for multiclass, 0 for regression. */
  readonly classCount: number;
  /** Average precision by row weights (binary). */
  averagePrecision(): (weights?: ArrayLike<number>) => number;
  /** AUC components (binary); null when a class has no row. */
  components(): AucComponents | null;
  /** Components of each class against the rest (multiclass); null when a class has no row. */
  classComponents(): AucComponents[] | null;
  /** Predicted class of each row (classification). */
  predictions(): Uint32Array;
  confusion(): ConfusionMatrix;
}

/** Makes a sample; labels and scores have the shapes of `GateRows`. */
export function createSample(
  problem: Problem,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classCount: number,
): Sample {
  const predictions = once(() =>
    problem === "multiclass-classification" ? multiclassPredictions(scores, classCount) : binaryPredictions(scores),
  );
  return {
    problem,
    rows: labels.length,
    labels,
    scores,
    classCount,
    averagePrecision: once(() => weightedAveragePrecision(labels, scores)),
    components: once(() => aucComponents(labels, scores)),
    classComponents: once(() => componentsOfClasses(labels, scores, classCount)),
    predictions,
    confusion: once(() => confusionMatrix(labels, predictions(), classCount)),
  };
}

/** The same model's answers to some of the rows. */
export function subsample(sample: Sample, rows: ArrayLike<number>): Sample {
  const width = sample.problem === "multiclass-classification" ? sample.classCount : 1;
  const labels = new Float64Array(rows.length);
  const scores = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    labels[i] = sample.labels[row] as number;
    for (let c = 0; c < width; c += 1) scores[i * width + c] = sample.scores[row * width + c] as number;
  }
  return createSample(sample.problem, labels, scores, sample.classCount);
}

function componentsOfClasses(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classCount: number,
): AucComponents[] | null {
  const all: AucComponents[] = [];
  for (let c = 0; c < classCount; c += 1) {
    const ofClass = Uint8Array.from(labels, (label) => (label === c ? 1 : 0));
    const scores = Float64Array.from(ofClass, (_, row) => probabilities[row * classCount + c] as number);
    const components = aucComponents(ofClass, scores);
    if (components === null) return null;
    all.push(components);
  }
  return all;
}

function once<T>(compute: () => T): () => T {
  let result: { value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}
