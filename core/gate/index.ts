/** Public index of the gate. */
export { decideGate } from "./decide-gate.ts";
export { gateMetricsFor } from "./metric-registry.ts";
export type { GateMetric } from "./metrics/gate-metric.ts";
export type {
  GateDecision,
  GateInput,
  GateReason,
  GateReport,
  GateRequirements,
  GateRows,
  ReportedComparison,
  SliceResult,
  Verdict,
} from "./types.ts";
