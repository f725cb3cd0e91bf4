/** Primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Name of the one secondary index. */
export const INDEX_NAME = "gsi1";
/** Time-to-live attribute, seconds since the epoch. */
export const TTL_ATTRIBUTE = "expiresAt";

const pk = (model: string): string => `MODEL#${model}`;
/** Versions sort as numbers for as long as they have 8 digits. */
const versionPart = (version: number): string => String(version).padStart(8, "0");

/** Keys of every kind of item. */
export const keys = {
  definition: (model: string): Key => ({ pk: pk(model), sk: "DEFINITION" }),
  head: (model: string): Key => ({ pk: pk(model), sk: "HEAD" }),
  batch: (model: string, batchId: string): Key => ({ pk: pk(model), sk: `BATCH#${batchId}` }),
  dataset: (model: string, datasetId: string): Key => ({ pk: pk(model), sk: `DATASET#${datasetId}` }),
  run: (model: string, runId: string): Key => ({ pk: pk(model), sk: `RUN#${runId}` }),
  version: (model: string, version: number): Key => ({ pk: pk(model), sk: `VERSION#${versionPart(version)}` }),
  delivery: (model: string, deliveryId: string): Key => ({ pk: pk(model), sk: `DELIVERY#${deliveryId}` }),
  drift: (model: string, checkedAt: string): Key => ({ pk: pk(model), sk: `DRIFT#${checkedAt}` }),
  audit: (model: string, at: string, sequence: string): Key => ({ pk: pk(model), sk: `AUDIT#${at}#${sequence}` }),
} as const;

/** Index keys of the kinds of items that are listed by time or across models. */
export const indexKeys = {
  definition: (model: string) => ({ gsi1pk: "MODELS", gsi1sk: model }),
  batch: (model: string, receivedAt: string, batchId: string) => ({
    gsi1pk: `BATCHES#${model}`,
    gsi1sk: `${receivedAt}#${batchId}`,
  }),
  dataset: (model: string, createdAt: string) => ({ gsi1pk: `DATASETS#${model}`, gsi1sk: createdAt }),
  run: (model: string, startedAt: string, runId: string) => ({
    gsi1pk: `RUNS#${model}`,
    gsi1sk: `${startedAt}#${runId}`,
  }),
  delivery: (model: string, startedAt: string, deliveryId: string) => ({
    gsi1pk: `DELIVERIES#${model}`,
    gsi1sk: `${startedAt}#${deliveryId}`,
  }),
} as const;

/** One way in which the table is read: on the table itself or on the index, by partition and prefix of the sort key. */
export interface AccessPattern {
  readonly on: "table" | "index";
  readonly partition: (model: string) => string;
  readonly sortPrefix: string;
  /** Who asks. */
  readonly usedFor: string;
}

/** Every query of the registry. Gets by key are in {@link keys}; nothing else touches the table, and nothing scans it. */
export const accessPatterns = {
  definitions: { on: "index", partition: () => "MODELS", sortPrefix: "", usedFor: "what is due, status of all models" },
  batches: {
    on: "table",
    partition: pk,
    sortPrefix: "BATCH#",
    usedFor:
      "choosing the batches of a dataset: must see the batch that was accepted a moment ago, which an index may not",
  },
  batchesByTime: {
    on: "index",
    partition: (model: string) => `BATCHES#${model}`,
    sortPrefix: "",
    usedFor: "mlops status: the latest uploads",
  },
  datasetsByTime: {
    on: "index",
    partition: (model: string) => `DATASETS#${model}`,
    sortPrefix: "",
    usedFor: "mlops data log: the dataset versions",
  },
  runsByTime: { on: "index", partition: (model: string) => `RUNS#${model}`, sortPrefix: "", usedFor: "mlops runs" },
  deliveriesByTime: {
    on: "index",
    partition: (model: string) => `DELIVERIES#${model}`,
    sortPrefix: "",
    usedFor: "what each variant was at a time; removing what is no longer needed",
  },
  versions: { on: "table", partition: pk, sortPrefix: "VERSION#", usedFor: "mlops versions, next challenger" },
  driftChecks: { on: "table", partition: pk, sortPrefix: "DRIFT#", usedFor: "mlops drift, when a check is due" },
  auditEvents: { on: "table", partition: pk, sortPrefix: "AUDIT#", usedFor: "who changed what, and why" },
} as const satisfies Record<string, AccessPattern>;

/** Name of an access pattern. */
export type AccessPatternName = keyof typeof accessPatterns;
