/**
 * Every error code of the product, in one table: what it means and whether trying again can help.
 * A code is `<area>.<cause>`; Step Functions matches on it, because it is also the error's name.
 * Add a line here before throwing a new one.
 */
export const ERROR_CODES = {
  "definition.invalid": { retryable: false, summary: "A model definition breaks the schema or contradicts itself." },
  "definition.not-found": { retryable: false, summary: "No model of that name is published." },
  "settings.invalid": { retryable: false, summary: "The settings of a stage are wrong." },
  "environment.invalid": { retryable: false, summary: "An environment variable of a Lambda is missing or malformed." },
  "input.invalid": {
    retryable: false,
    summary: "A task or a command was started with an input that it cannot accept.",
  },
  "data.invalid-profile": { retryable: false, summary: "A profile does not fit the definition or another profile." },
  "data.invalid-manifest": { retryable: false, summary: "A batch or dataset manifest is malformed or inconsistent." },
  "data.ingest-misuse": { retryable: false, summary: "The ingest kernel was used out of order." },
  "data.object-gone": { retryable: false, summary: "An object version that is needed no longer exists." },
  "registry.version-conflict": {
    retryable: true,
    summary: "Somebody else changed the item first; read again and retry.",
  },
  "registry.not-found": { retryable: false, summary: "The registry has no such item." },
  "registry.invalid-item": { retryable: false, summary: "An item in the registry does not have the expected shape." },
  "registry.invalid-transition": {
    retryable: false,
    summary: "The requested change is not allowed in the present state.",
  },
  "training.lease-held": { retryable: true, summary: "Another run trains this model at the moment." },
  "training.lease-lost": {
    retryable: false,
    summary: "This run no longer holds the training lease (a newer fence exists).",
  },
  "training.budget-reached": { retryable: false, summary: "The definition's ceiling of runs or of money is reached." },
  "training.no-data": { retryable: false, summary: "There is no accepted data to train on." },
  "training.artifact-invalid": {
    retryable: false,
    summary: "The trained artifact is missing or is not what it should be.",
  },
  "gate.invalid-predictions": { retryable: false, summary: "The transform output does not match the held-out rows." },
  "delivery.lease-held": { retryable: true, summary: "Another delivery of this model is in progress." },
  "delivery.lease-lost": { retryable: false, summary: "This delivery no longer holds the delivery lease." },
  "delivery.not-allowed": {
    retryable: false,
    summary: "The version may not be delivered (no passed verdict for this artifact).",
  },
  "delivery.smoke-failed": {
    retryable: false,
    summary: "The endpoint answered real held-out rows wrongly or not at all.",
  },
  "delivery.rolled-back": { retryable: false, summary: "The endpoint update was rolled back." },
  "monitoring.invalid-capture": { retryable: false, summary: "A data capture file cannot be read." },
  "cloud.refused": {
    retryable: false,
    summary: "A cloud service refused a request (permission, quota, or a request that it cannot accept).",
  },
  "cloud.unavailable": { retryable: true, summary: "A cloud service did not answer or throttled." },
  "internal.invariant": { retryable: false, summary: "Something that cannot happen has happened; please report it." },
} as const satisfies Record<string, { retryable: boolean; summary: string }>;

/** One of the product's error codes. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Payload of the codes that promise one; every other code carries an open record. */
export interface ErrorDetails {
  "definition.invalid": { fileName: string; problems: readonly DefinitionProblem[] };
}

/** One problem of a model definition. `line` and `column` start at 1. */
export interface DefinitionProblem {
  /** Path in the document, for example `data.features.Speed IAS in knots.type`; empty for the whole document. */
  path: string;
  line: number;
  column: number;
  /** What was found, what is allowed and what to do, in one sentence. */
  message: string;
}

/** Payload type of an error code. */
export type DetailsOf<C extends ErrorCode> = C extends keyof ErrorDetails
  ? ErrorDetails[C]
  : Readonly<Record<string, unknown>>;
