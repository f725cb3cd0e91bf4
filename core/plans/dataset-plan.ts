import { instantOf } from "../data/instant-of.ts";
import { canonicalHash } from "../definition/canonical-json.ts";
import type { DatasetWindow } from "../definition/schema.ts";
import type { BatchItem } from "../registry/items.ts";

const MILLIS_PER_DAY = 86_400_000;

/** One object of a batch or a dataset. */
export interface PartReference {
  readonly key: string;
  readonly versionId: string;
  readonly rows: number;
  readonly sha256: string;
}

/** Rows by side. */
export interface RowCounts {
  readonly total: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** `manifest.json` of a batch; see docs/contract.md. */
export interface BatchManifest {
  readonly schemaVersion: 1;
  readonly model: string;
  readonly batchId: string;
  readonly source: {
    readonly bucket: string;
    readonly key: string;
    readonly versionId: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  };
  readonly definitionHash: string;
  readonly receivedAt: string;
  readonly rows: RowCounts;
  readonly timeRange: { readonly from: string; readonly to: string } | null;
  readonly parts: Readonly<
    Record<"train" | "validation" | "test", readonly (PartReference & { readonly sizeBytes: number })[]>
  >;
  readonly profileKey: string;
  /** Names of the uploaded file's columns; batches of older versions of the factory lack them. */
  readonly columns?: readonly string[];
  /** What the rules found that did not reject, by rule and column. */
  readonly warnings?: readonly { readonly rule: string; readonly column?: string; readonly message: string }[];
}

/** `manifest.json` of a dataset; see docs/contract.md. */
export interface DatasetManifest {
  readonly schemaVersion: 1;
  readonly model: string;
  readonly datasetId: string;
  readonly createdAt: string;
  readonly batches: readonly string[];
  readonly rows: RowCounts;
  readonly parts: Readonly<Record<"train" | "validation" | "test", readonly PartReference[]>>;
  readonly profileKey: string;
}

/** Which batches a dataset takes, and how many it leaves out for what reason. */
export interface BatchSelection {
  readonly batches: readonly BatchItem[];
  /** Accepted under a definition whose columns, encoding or split differ from today's. */
  readonly otherColumns: number;
  /** The same file, uploaded again. */
  readonly repeated: number;
  readonly outsideWindow: number;
}

/**
 * Chooses the batches of a dataset: accepted, cut by the same columns and split as the definition has now, each file's
 * content once, within the definition's window. The order is by time of arrival, so the result does not depend on the input's order.
 */
export function selectBatches(
  batches: readonly BatchItem[],
  window: DatasetWindow,
  dataHash: string,
  now: Date,
): BatchSelection {
  const accepted = batches
    .filter((batch) => batch.status === "accepted")
    .sort((a, b) => compare(a.receivedAt, b.receivedAt) || compare(a.batchId, b.batchId));
  const fitting = accepted.filter((batch) => batch.dataHash === dataHash);
  const seen = new Set<string>();
  const distinct = fitting.filter((batch) => {
    const content = batch.sourceSha256 ?? batch.batchId;
    return !seen.has(content) && seen.add(content);
  });
  let chosen = distinct;
  if (window !== "all" && "batches" in window) chosen = distinct.slice(-window.batches);
  if (window !== "all" && "days" in window) {
    const oldest = now.getTime() - window.days * MILLIS_PER_DAY;
    chosen = distinct.filter((batch) => instantOf(batch.timeRange?.to ?? batch.receivedAt) >= oldest);
  }
  return {
    batches: chosen,
    otherColumns: accepted.length - fitting.length,
    repeated: fitting.length - distinct.length,
    outsideWindow: distinct.length - chosen.length,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Joins batch manifests into a dataset manifest, whose id is the hash of its content (without the time it was made). */
export function makeDatasetManifest(
  model: string,
  manifests: readonly BatchManifest[],
  profileKeyOf: (datasetId: string) => string,
  now: Date,
): DatasetManifest {
  const parts = (side: "train" | "validation" | "test"): PartReference[] =>
    manifests.flatMap((manifest) =>
      manifest.parts[side]
        .filter((part) => part.rows > 0)
        .map(({ key, versionId, rows, sha256 }) => ({ key, versionId, rows, sha256 })),
    );
  const content = {
    schemaVersion: 1 as const,
    model,
    batches: manifests.map((manifest) => manifest.batchId),
    rows: {
      total: sum(manifests, "total"),
      train: sum(manifests, "train"),
      validation: sum(manifests, "validation"),
      test: sum(manifests, "test"),
    },
    parts: { train: parts("train"), validation: parts("validation"), test: parts("test") },
  };
  const datasetId = canonicalHash(content).slice(0, 16);
  return { ...content, datasetId, createdAt: now.toISOString(), profileKey: profileKeyOf(datasetId) };
}

function sum(manifests: readonly BatchManifest[], side: keyof RowCounts): number {
  return manifests.reduce((total, manifest) => total + manifest.rows[side], 0);
}

/** A SageMaker ManifestFile: `[{"prefix": "s3://bucket/"}, "key", ...]`. */
export function channelManifest(bucket: string, parts: readonly PartReference[]): string {
  return JSON.stringify([{ prefix: `s3://${bucket}/` }, ...parts.map((part) => part.key)]);
}
