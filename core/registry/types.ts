/** Why a training run started. `pending` means: something arrived while an earlier run held the lease. */
export type TriggerKind = "data" | "drift" | "schedule" | "command" | "pending";

/** The cause of a training run, as it travels through state machine, lease and run item. */
export interface TrainingTrigger {
  readonly kind: TriggerKind;
  /** A sentence that a person understands, for example `batch 1f2e… of birdstrikes-1990.csv accepted`. */
  readonly reason: string;
}

/** Input of the training state machine. */
export interface TrainingRequest {
  readonly model: string;
  readonly runId: string;
  readonly fence: number;
  readonly trigger: TrainingTrigger;
}

/** What a delivery does to the endpoint. */
export type DeliveryAction = "promote" | "add-challenger" | "remove-challenger" | "rollback";

/** Input of the delivery state machine. */
export interface DeliveryRequest {
  readonly model: string;
  readonly deliveryId: string;
  readonly action: DeliveryAction;
  /** The version that is promoted, added, removed or returned to. */
  readonly version: number;
  /** Share of the traffic for a challenger, 1 to 99; null for the other actions. */
  readonly weightPercent: number | null;
  /** `pipeline`, or the ARN or name of the person. */
  readonly requestedBy: string;
  readonly reason: string;
  /** A person answers for a version whose gate did not pass; `requestedBy` and `reason` say who and why. */
  readonly forced: boolean;
}

/** Verdict of the gate. */
export type Verdict = "passed" | "failed" | "undecided";

/** Status of a version; derived from head and verdict, never stored. */
export type VersionStatus = "champion" | "previous-champion" | "challenger" | "candidate" | "refused";

/** A second production variant and its share of the traffic (1 to 99 percent). */
export interface Challenger {
  readonly version: number;
  readonly weightPercent: number;
}

/** Name of a production variant. SageMaker's deployment guardrails demand that an update keeps the names, so they carry no version. */
export type VariantName = "champion" | "challenger";

/** Which version a production variant runs, and its share of the traffic in percent. */
export interface ServingVariant {
  readonly name: VariantName;
  readonly version: number;
  readonly weightPercent: number;
}

/** The live endpoint as the registry knows it. */
export interface ServingEndpoint {
  readonly name: string;
  readonly configName: string;
  /** The delivery that made the config. */
  readonly deliveryId: string;
  readonly variants: readonly ServingVariant[];
}

/** What a delivery in progress wants the endpoint to be; null when nothing is in flight. */
export interface DesiredServing {
  readonly deliveryId: string;
  readonly configName: string;
  readonly champion: number;
  readonly challenger: Challenger | null;
}

/** The right to train a model; at most one at a time, with a fence that only grows. */
export interface TrainingLease {
  readonly runId: string;
  readonly fence: number;
  readonly trigger: TrainingTrigger;
  readonly startedAt: string;
}

/** The right to change a model's endpoint; at most one at a time. */
export interface DeliveryLease {
  readonly deliveryId: string;
  readonly fence: number;
  readonly request: DeliveryRequest;
  readonly startedAt: string;
}

/** The one item of a model whose members must change together. Times are ISO 8601 in UTC. */
export interface Head {
  readonly model: string;
  /** Counts changes; every write is conditional on the one that was read. 0 = not stored yet. */
  readonly revision: number;
  readonly lastVersion: number;
  readonly champion: number | null;
  readonly previousChampion: number | null;
  readonly challenger: Challenger | null;
  readonly endpoint: ServingEndpoint | null;
  readonly desired: DesiredServing | null;
  readonly trainingLease: TrainingLease | null;
  readonly trainingFence: number;
  readonly trainingPending: { readonly reason: string; readonly since: string } | null;
  readonly deliveryLease: DeliveryLease | null;
  readonly deliveryFence: number;
  readonly lastTrainingAt: string | null;
  /** Runs that were started on the UTC day `yyyy-mm-dd`. */
  readonly runsByDay: { readonly day: string; readonly count: number };
  /** Money that training took in the UTC month `yyyy-mm`. */
  readonly spendByMonth: { readonly month: string; readonly usd: number };
  readonly championSince: string | null;
}
