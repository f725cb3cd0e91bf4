import type { Problem } from "../definition/metrics.ts";
import type { Interval } from "../statistics/intervals.ts";

/** What the gate demands: the `gate` section of a model definition. */
export interface GateRequirements {
  /** Id of the metric that challenger and champion are compared on. */
  readonly metric: string;
  /** Least acceptable value by metric id (the largest one where smaller is better). */
  readonly floors: Readonly<Record<string, number | undefined>>;
  /** Whether a floor must be held by the estimate or by the worse end of its confidence interval. */
  readonly floorBound: "estimate" | "confidence";
  readonly champion: {
    readonly test: "paired";
    /** By how much the challenger may be worse, in units of the metric, >= 0. */
    readonly nonInferiorityMargin: number;
    /** Two-sided confidence of all intervals, in (0.5, 1); tests use alpha = 1 - confidence. */
    readonly confidence: number;
    readonly superiority: boolean;
  };
  /** Features on none of whose levels the challenger may be significantly worse. */
  readonly slices: readonly string[];
  /** Fewest held-out rows for a verdict. */
  readonly minimumRows: number;
}

/** Held-out rows in columns; every column speaks about the same rows in the same order. */
export interface GateRows {
  /** Length n. Binary: 1 or 0. Multiclass: index of the class. Regression: the number. */
  readonly labels: ArrayLike<number>;
  /** Binary: probability of the positive class (n). Multiclass: probabilities row by row (n * classes). Regression: n values. */
  readonly challenger: ArrayLike<number>;
  /** The champion's scores in the same form; null when there is no champion yet. */
  readonly champion: ArrayLike<number> | null;
  /** Level of each row by feature (length n each), null = missing. */
  readonly slices: Readonly<Record<string, ArrayLike<string | null>>>;
}

/** Everything that `decideGate` looks at. */
export interface GateInput {
  readonly gate: GateRequirements;
  readonly problem: Problem;
  /** Class names in the order of the label indices; needed for multiclass-classification. */
  readonly classes?: readonly string[];
  readonly rows: GateRows;
  /** Seed of the bootstrap; the same seed gives the same report. Default 1. */
  readonly seed?: number;
}

/** The gate's answer. */
export type Verdict = "passed" | "failed" | "undecided";

/** Whether one demand is met; undecided = too little data to tell. */
export type Outcome = "held" | "broken" | "undecided";

/** Which demand a reason speaks about. */
export type RuleId = "rows" | "floor" | "non-inferiority" | "superiority" | "slices";

/** One demand and what came of it. */
export interface GateReason {
  readonly rule: RuleId;
  /** Machine-readable: `<rule>.<outcome>`, for example `floor.broken`. */
  readonly code: `${RuleId}.${Outcome}`;
  readonly metric: string | null;
  readonly outcome: Outcome;
  /** True exactly when the outcome is `held`. */
  readonly ok: boolean;
  /** What was measured, what is required, what to do. */
  readonly message: string;
  /** For undecided: how many held-out rows (and positives) would probably decide, when that can be estimated. */
  readonly needed?: { readonly rows: number; readonly positives?: number };
}

/** Name of the paired test behind a comparison. */
export type PairedTest = "delong" | "mcnemar" | "paired-t" | "paired-delta" | "paired-bootstrap";

/** A paired comparison on the same rows; differences are challenger minus champion, in units of the metric. */
export interface Comparison {
  readonly test: PairedTest;
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value of "no difference". */
  readonly pValue: number;
}

/** The comparison as the report shows it. */
export interface ReportedComparison extends Comparison {
  readonly metric: string;
  readonly margin: number;
}

/** One level of a slice feature. */
export interface SliceResult {
  readonly feature: string;
  readonly level: string;
  readonly rows: number;
  /** Challenger minus champion on the gate's metric. */
  readonly difference: number;
  /** Two-sided p-value of "no difference" on this level. */
  readonly pValue: number;
  /** The same after Holm's correction over all tested levels. */
  readonly adjustedPValue: number;
  /** Significantly worse, and by more than the margin. */
  readonly worse: boolean;
}

/** Values by metric id; a metric that cannot be computed (a class is missing) is left out. */
export type MetricValues = Record<string, number>;

/** Intervals by metric id, at the definition's confidence. */
export type MetricIntervals = Record<string, Interval>;

/** What `decideGate` returns: the statistical part of the gate report. */
export interface GateDecision {
  readonly rows: number;
  /** Rows of the positive class; null unless the problem is binary classification. */
  readonly positives: number | null;
  readonly verdict: Verdict;
  readonly reasons: readonly GateReason[];
  readonly metrics: { readonly challenger: MetricValues; readonly champion: MetricValues };
  readonly intervals: { readonly challenger: MetricIntervals; readonly champion: MetricIntervals };
  /** Null for a first champion and when there are too few rows to compare. */
  readonly comparison: ReportedComparison | null;
  readonly slices: readonly SliceResult[];
}

/** The gate report as it is stored (`reports/gate/<run id>.json`): the decision and what it is about. */
export interface GateReport extends GateDecision {
  readonly schemaVersion: 1;
  readonly model: string;
  readonly runId: string;
  readonly datasetId: string;
  readonly artifactSha256: string;
  readonly championVersion: number | null;
  readonly decidedAt: string;
}
