/** Public index of the drift test. */
export { decideDrift } from "./decide-drift.ts";
export { driftReference, driftReferences } from "./reference.ts";
export {
  addToState,
  createRowCounter,
  emptyDriftState,
  mergeCounts,
  type RowCounter,
} from "./state.ts";
export type {
  DriftCounts,
  DriftDecision,
  DriftInput,
  DriftLevel,
  DriftReferences,
  DriftReport,
  DriftState,
  DriftThresholds,
  FeatureDrift,
} from "./types.ts";
