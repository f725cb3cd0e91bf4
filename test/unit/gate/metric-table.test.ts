import { describe, expect, it } from "vitest";
import { METRIC_NAMES, metricInfo } from "../../../core/definition/metrics.ts";
import { findGateMetric, GATE_METRICS } from "../../../core/gate/metric-registry.ts";

describe("metrics of the definition and of the gate are the same", () => {
  it.each(METRIC_NAMES)("%s", (name) => {
    const { problems, direction, min, max } = metricInfo(name);
    for (const problem of problems) {
      const metric = findGateMetric(name, problem);
      expect(metric?.higherIsBetter).toBe(direction === "maximize");
      expect(metric?.range.low).toBe(min ?? Number.NEGATIVE_INFINITY);
      expect(metric?.range.high).toBe(max ?? Number.POSITIVE_INFINITY);
    }
  });

  it("ids are unique", () => {
    expect(new Set(GATE_METRICS.map(({ id }) => id)).size).toBe(GATE_METRICS.length);
  });
});
