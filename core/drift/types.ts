import type { ReferenceBins } from "../data/bins.ts";

/** Reference distribution by feature (texts: by what of them is watched), from `driftReferences`. */
export type DriftReferences = Readonly<Record<string, ReferenceBins>>;

/** Live counts by feature, one number for each bin of the feature's reference. */
export type DriftCounts = Readonly<Record<string, readonly number[]>>;

/** Counts of the rows seen from `openedAt` until the next chunk opens. */
export interface DriftChunk {
  /** ISO 8601. */
  readonly openedAt: string;
  readonly counts: DriftCounts;
}

/** All that the monitor remembers of live traffic: O(bins), no raw rows. */
export interface DriftState {
  readonly schemaVersion: 1;
  /** When the champion went live, ISO 8601. */
  readonly since: string;
  /** Counts since then. */
  readonly cumulative: DriftCounts;
  /** The latest chunks, oldest first; see `RECENT_CHUNKS` and `CHUNK_HOURS`. */
  readonly chunks: readonly DriftChunk[];
}

/** Debiased PSI from which proven drift is noted, and from which it is acted upon; 0 < note <= act. */
export interface DriftThresholds {
  readonly note: number;
  readonly act: number;
}

/** What `decideDrift` looks at. */
export interface DriftInput {
  readonly references: DriftReferences;
  readonly state: DriftState;
  /** Time of the check, ISO 8601. */
  readonly now: string;
  /** Defaults: note 0.01, act 0.1. */
  readonly thresholds?: DriftThresholds;
  /** Chance of any false alarm per model and year, default 0.05. */
  readonly alpha?: number;
}

/** none: nothing proven. note: proven, small effect; people are told. act: proven and large; may retrain. */
export type DriftLevel = "none" | "note" | "act";

/** Whether a feature could be tested at all. */
export type DriftStatus = "tested" | "insufficient-reference" | "too-few-rows";

/** Over which rows a figure is: since the champion went live, or the latest chunks. */
export type DriftWindow = "cumulative" | "recent";

/** A bin whose share moved. Shares are in [0, 1]. */
export interface MovedBin {
  readonly bin: string;
  readonly referenceShare: number;
  readonly liveShare: number;
}

/** What is known about one feature. */
export interface FeatureDrift {
  readonly feature: string;
  readonly level: DriftLevel;
  readonly status: DriftStatus;
  /** Plain PSI over the window; biased upwards in small samples. */
  readonly psi: number;
  /** PSI minus what identical data would give on average: the effect that the thresholds apply to. */
  readonly debiasedPsi: number;
  /** Natural logarithm of the window's Bayes factor (drift against no drift). */
  readonly logBayesFactor: number;
  /** Evidence over all windows together, already paid for looking again and again; "1e135" form, it can be huge. */
  readonly eValue: string;
  readonly window: DriftWindow;
  /** Start of the window, ISO 8601. */
  readonly from: string;
  /** Live rows in the window. */
  readonly rows: number;
  readonly referenceRows: number;
  /** Proven drift that the latest rows no longer show; it is noted, never acted upon. */
  readonly passed: boolean;
  /** Bins by their part in the PSI, largest first, at most 5. */
  readonly bins: readonly MovedBin[];
}

/** What `decideDrift` returns: the statistical part of the drift report. */
export interface DriftDecision {
  readonly level: DriftLevel;
  /** True when the level is note or act. */
  readonly alarmed: boolean;
  readonly status: DriftStatus;
  /** One sentence: what moved, both numbers, what to do. */
  readonly reason: string;
  /** Time span of the recent rows. */
  readonly period: { readonly from: string; readonly to: string };
  /** Rows in the recent chunks. */
  readonly rows: number;
  readonly rowsSinceChampion: number;
  /** Worst first. */
  readonly features: readonly FeatureDrift[];
}

/** The drift report as it is stored (`reports/drift/<time>.json`). */
export interface DriftReport extends DriftDecision {
  readonly schemaVersion: 1;
  readonly model: string;
  readonly endpoint: string;
  readonly version: number;
  readonly checkedAt: string;
}
