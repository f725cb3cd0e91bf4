import { describe, expect, it } from "vitest";
import { findGateMetric } from "../../../core/gate/metric-registry.ts";
import { createSample } from "../../../core/gate/sample.ts";
import {
  accuracy,
  auc,
  averagedMetric,
  averagePrecision,
  binaryPredictions,
  brierLosses,
  calibrationCurve,
  confusionMatrix,
  f1,
  logLosses,
  mae,
  mape,
  mean,
  multiclassLogLosses,
  multiclassPredictions,
  precision,
  r2,
  recall,
  residualQuantiles,
  rmse,
} from "../../../core/statistics/index.ts";
import fixtures from "../../fixtures/statistics/metrics.json" with { type: "json" };

/** Both sides sum the same doubles in another order. */
const DIGITS = 12;

describe.each(fixtures.binary)("binary metrics as scikit-learn: $name", (fixture) => {
  const { labels, scores } = fixture;
  const matrix = confusionMatrix(labels, binaryPredictions(scores), 2);

  it("ranking: auc and average precision", () => {
    expect(auc(labels, scores)).toBeCloseTo(fixture.auc, DIGITS);
    expect(auc(labels, fixture.other)).toBeCloseTo(fixture.otherAuc, DIGITS);
    expect(averagePrecision(labels, scores)).toBeCloseTo(fixture.averagePrecision, DIGITS);
  });

  it("probabilities: log loss and brier", () => {
    expect(mean(logLosses(labels, scores))).toBeCloseTo(fixture.logLoss, DIGITS);
    expect(mean(brierLosses(labels, scores))).toBeCloseTo(fixture.brier, DIGITS);
  });

  it("labels: accuracy, precision, recall, f1, confusion matrix", () => {
    expect(accuracy(matrix)).toBeCloseTo(fixture.accuracy, DIGITS);
    expect(precision(matrix)).toBeCloseTo(fixture.precision, DIGITS);
    expect(recall(matrix)).toBeCloseTo(fixture.recall, DIGITS);
    expect(f1(matrix)).toBeCloseTo(fixture.f1, DIGITS);
    expect([...matrix.counts]).toEqual(fixture.confusion);
  });

  it.each([
    ["uniform", 10, fixture.calibrationUniform],
    ["quantile", 5, fixture.calibrationQuantile],
  ] as const)("calibration curve, %s bins", (strategy, bins, [shares, predicted]) => {
    const curve = calibrationCurve(labels, scores, bins, strategy);
    expect(curve).toHaveLength((shares as number[]).length);
    curve.forEach((bin, index) => {
      expect(bin.positiveShare).toBeCloseTo((shares as number[])[index] as number, DIGITS);
      expect(bin.meanPredicted).toBeCloseTo((predicted as number[])[index] as number, DIGITS);
    });
    expect(curve.reduce((sum, bin) => sum + bin.rows, 0)).toBe(labels.length);
  });
});

describe.each(fixtures.multiclass)("multiclass metrics as scikit-learn: $classCount classes", (fixture) => {
  const { labels, probabilities, classCount } = fixture;
  const matrix = confusionMatrix(labels, multiclassPredictions(probabilities, classCount), classCount);

  it("accuracy, log loss, confusion matrix", () => {
    expect(accuracy(matrix)).toBeCloseTo(fixture.accuracy, DIGITS);
    expect(mean(multiclassLogLosses(labels, probabilities, classCount))).toBeCloseTo(fixture.logLoss, DIGITS);
    expect([...matrix.counts]).toEqual(fixture.confusion);
  });

  it("macro and weighted forms", () => {
    for (const metric of ["precision", "recall", "f1"] as const) {
      for (const averaging of ["macro", "weighted"] as const) {
        expect(averagedMetric(metric, averaging, matrix)).toBeCloseTo(fixture[`${metric}-${averaging}`], DIGITS);
      }
    }
  });

  it("auc is the plain mean of one class against the rest, undefined when a class is missing", () => {
    const sample = createSample("multiclass-classification", labels, probabilities, classCount);
    const value = findGateMetric("auc", "multiclass-classification")?.value(sample);
    if (fixture.aucOvrMacro === null) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(fixture.aucOvrMacro, DIGITS);
  });
});

describe.each(fixtures.regression)("regression metrics as scikit-learn", (fixture) => {
  const { labels, values } = fixture;

  it("rmse, mae, mape, r2", () => {
    expect(rmse(labels, values)).toBeCloseTo(fixture.rmse, DIGITS);
    expect(mae(labels, values)).toBeCloseTo(fixture.mae, DIGITS);
    expect(mape(labels, values) / fixture.mape).toBeCloseTo(1, DIGITS);
    expect(r2(labels, values)).toBeCloseTo(fixture.r2, DIGITS);
  });

  it("residual quantiles as numpy", () => {
    residualQuantiles(labels, values).forEach(({ value }, index) => {
      expect(value).toBeCloseTo(fixture.residualQuantiles[index] as number, DIGITS);
    });
  });
});

describe("edge cases", () => {
  it("a class without rows makes AUC undefined and average precision 0 without positives", () => {
    expect(auc([1, 1], [0.1, 0.2])).toBeNaN();
    expect(averagePrecision([0, 0], [0.1, 0.2])).toBe(0);
  });

  it("scores that are not numbers are refused, not ordered somehow", () => {
    expect(() => auc([1, 0], [0.1, Number.NaN])).toThrow("NaN");
    expect(() => auc([1, 0], [0.1])).toThrow("2 labels but 1 scores");
  });

  it("certain and wrong costs a finite log loss", () => {
    expect(mean(logLosses([1], [0]))).toBeCloseTo(36.04, 2);
  });

  it("a constant target has r2 1 when perfect, else 0", () => {
    expect(r2([2, 2], [2, 2])).toBe(1);
    expect(r2([2, 2], [2, 3])).toBe(0);
  });

  it("a prediction outside the classes is refused", () => {
    expect(() => confusionMatrix([0, 1], [0, 2], 2)).toThrow("row 1 has classes 1 and 2");
  });
});
