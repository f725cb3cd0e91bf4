import type { Problem } from "../definition/metrics.ts";

/** A feature as it is proposed: what goes into the definition, and a remark for the reader. */
export type ProposedFeature = { readonly name: string; readonly remark?: string } & (
  | {
      readonly type: "number";
      readonly min: number;
      readonly max: number;
      readonly integer: boolean;
      readonly maxNullFraction: number;
    }
  | {
      readonly type: "category";
      readonly levels: readonly string[] | null;
      readonly maxLevels: number;
      readonly maxNullFraction: number;
    }
  | { readonly type: "boolean"; readonly maxNullFraction: number }
  | { readonly type: "timestamp"; readonly format: string | undefined; readonly maxNullFraction: number }
  | { readonly type: "text"; readonly maxLength: number; readonly maxNullFraction: number }
);

/** The column to predict, and why it was taken. */
export interface ProposedTarget {
  readonly column: string;
  readonly why: string;
  readonly problem: Problem;
  readonly whyProblem: string;
  /** Binary classification. */
  readonly positive?: readonly string[];
  readonly negative?: readonly string[];
  /** Multiclass classification; undefined when there are too many to list. */
  readonly classes?: readonly string[];
  /** What the gate should ask at least, and why. */
  readonly floor: { readonly metric: "auc" | "accuracy" | "rmse"; readonly value: number; readonly why: string };
}

/** A definition with the reason of every decision, ready to be written as YAML. */
export interface Proposal {
  readonly name: string;
  readonly rows: number;
  readonly format: "csv" | "jsonl" | "parquet";
  readonly delimiter: string;
  readonly target: ProposedTarget;
  readonly key: { readonly columns: readonly string[]; readonly why: string };
  readonly time: { readonly column: string; readonly format: string | undefined; readonly why: string } | null;
  readonly features: readonly ProposedFeature[];
  readonly ignore: readonly { readonly column: string; readonly why: string }[];
  /** Texts that mean "no value", besides the defaults. */
  readonly missing: readonly string[];
  /** What the reader should know or mend before the file is uploaded. */
  readonly warnings: readonly string[];
}
