import type { DriftThresholds } from "./types.ts";

/** Reference rows below which a feature is not tested: its own shape is too uncertain to call anything drift. */
export const MINIMUM_REFERENCE_ROWS = 1_000;
/** Live rows below which a window is not tested. */
export const MINIMUM_LIVE_ROWS = 100;
/** Note what is proven and at least 0.01; act from 0.1, the customary "moderate shift". */
export const DEFAULT_THRESHOLDS: DriftThresholds = { note: 0.01, act: 0.1 };
/** Fewer features are judged as strictly as this many: one feature alone must not alarm in 5 % of all years. */
export const MINIMUM_HYPOTHESES = 20;
