import type { DeliveryRequest, TrainingTrigger, Verdict } from "./types.ts";

/** A published model definition. `definition` is the parsed document; `hash` its SHA-256 in canonical form. */
export interface DefinitionItem<D = unknown> {
  readonly model: string;
  readonly definition: D;
  readonly hash: string;
  readonly publishedAt: string;
  /** Where the recipe's source bundle lies in the artifact bucket. */
  readonly sourceKey: string;
}

/** One object version in `incoming/`. `processing` is a claim; `accepted` and `quarantined` are final. */
export interface BatchItem {
  readonly model: string;
  readonly batchId: string;
  readonly status: "processing" | "accepted" | "quarantined";
  readonly source: { readonly bucket: string; readonly key: string; readonly versionId: string };
  readonly receivedAt: string;
  /**
   * Who works on it (the queue's message id) and until when nobody else should; seconds since the epoch. `failure` is what the holder's
   * last attempt failed with; a holder that was killed leaves none.
   */
  readonly claim: { readonly by: string; readonly untilEpochSeconds: number; readonly failure?: string } | null;
  readonly decidedAt: string | null;
  readonly rows: {
    readonly total: number;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  } | null;
  readonly manifestKey: string | null;
  /** SHA-256 of the uploaded file; the same file under another name does not count twice. */
  readonly sourceSha256: string | null;
  /** Hash of the part of the definition that decided what the batch's files contain. */
  readonly dataHash: string | null;
  /** Times of the oldest and the newest row, when the definition names a time column. */
  readonly timeRange: { readonly from: string; readonly to: string } | null;
  readonly reportKey: string | null;
  /** Rules that the file broke; empty for accepted batches. */
  readonly rules: readonly string[];
  /** Set when everything that follows a decision (alert, deletion, training request) is done. */
  readonly settledAt: string | null;
}

/** A frozen selection of batches. */
export interface DatasetItem {
  readonly model: string;
  readonly datasetId: string;
  readonly createdAt: string;
  readonly batches: readonly string[];
  readonly rows: { readonly total: number; readonly train: number; readonly validation: number; readonly test: number };
  readonly manifestKey: string;
}

/** One training run. */
export interface RunItem {
  readonly model: string;
  readonly runId: string;
  readonly fence: number;
  readonly trigger: TrainingTrigger;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: "running" | "succeeded" | "failed" | "nothing-to-train";
  readonly reason: string | null;
  readonly datasetId: string | null;
  readonly definitionHash: string | null;
  /** The champion that the candidate is compared with; null before the first one. */
  readonly championVersion: number | null;
  readonly version: number | null;
  /** Money that the training job took; null until it is on the head's account. */
  readonly spendUsd: number | null;
}

/** A trained candidate with its evidence. Its status follows from the head. */
export interface VersionItem {
  readonly model: string;
  readonly version: number;
  readonly runId: string;
  readonly datasetId: string;
  readonly definitionHash: string;
  readonly trainingJobName: string;
  readonly modelDataUrl: string;
  readonly artifactSha256: string;
  readonly verdict: Verdict;
  readonly gateReportKey: string;
  readonly summary: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly createdAt: string;
  /** Name of the SageMaker model and the request that makes it again after it was removed. */
  readonly sagemakerModel: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** True while the SageMaker model exists as far as the registry knows. */
  readonly sagemakerModelKept: boolean;
}

/** One change of an endpoint. */
export interface DeliveryItem {
  readonly model: string;
  readonly deliveryId: string;
  readonly fence: number;
  readonly request: DeliveryRequest;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: "running" | "succeeded" | "failed";
  readonly reason: string | null;
  readonly configName: string;
  readonly alarmNames: readonly string[];
  /** Versions behind the variants of the config. */
  readonly champion: number | null;
  readonly challenger: number | null;
  /** False once config and alarms are removed. */
  readonly resourcesKept: boolean;
}

/** One drift check and what was decided. */
export interface DriftItem {
  readonly model: string;
  readonly checkedAt: string;
  readonly version: number;
  readonly level: string;
  readonly alarmed: boolean;
  readonly rows: number;
  readonly reportKey: string | null;
  /** Features that drifted, worst first. */
  readonly worstFeatures: readonly string[];
  readonly reason: string;
  readonly retraining: { readonly started: boolean; readonly reason: string } | null;
  /** When people were last told about these features; null when there is nothing to tell. */
  readonly alertedAt: string | null;
  /** Capture lines that could not be read. */
  readonly unreadable: number;
}

/** Who changed what, why, and how it looked before and after. */
export interface AuditEvent {
  readonly model: string;
  readonly at: string;
  /** The head's revision after the change for changes of the head, otherwise an id of its own. */
  readonly sequence: string;
  /** Past tense, for example `VersionPromoted`. */
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}
