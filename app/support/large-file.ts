import { type ByteRange, cutRanges } from "../../core/data/ranges.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { readJson } from "./json.ts";

/** What was fixed when a large file was handed over; later changes of the definition do not touch it. */
export interface LargeFilePlan {
  readonly schemaVersion: 1;
  readonly source: BatchItem["source"];
  readonly sizeBytes: number;
  readonly definition: ModelDefinition;
  readonly definitionHash: string;
  readonly ranges: readonly NumberedRange[];
}

/** One range of a file; numbers begin at 0. */
export interface NumberedRange extends ByteRange {
  readonly index: number;
}

/** Claims of the ingest machine begin so; the execution's name follows. */
const EXECUTION_CLAIM = "execution:";

/** More ranges than these would not fit a state's input of 256 KiB; they get larger instead. */
const MAX_RANGES = 1_000;
/** Ranges of a file just above the limit: enough to be worth it, large enough that starting is cheap. */
const RANGES_PER_LIMIT = 4;

/** Cuts a file into ranges of a quarter of the limit, at most 1,000 of them. */
export function rangesOf(sizeBytes: number, largeFileBytes: number): NumberedRange[] {
  const count = Math.min(MAX_RANGES, Math.ceil(sizeBytes / (largeFileBytes / RANGES_PER_LIMIT)));
  return cutRanges(sizeBytes, Math.max(1, count)).map((range, index) => ({ index, ...range }));
}

/** Who holds a batch that an execution of the ingest machine works on. */
export function executionClaim(name: string): string {
  return `${EXECUTION_CLAIM}${name}`;
}

/** Name of the execution that works on a batch; null when none does. */
export function claimingExecution({ claim }: BatchItem): string | null {
  return claim?.by.startsWith(EXECUTION_CLAIM) === true ? claim.by.slice(EXECUTION_CLAIM.length) : null;
}

/** Reads the plan of a large file. @throws MlopsError `data.object-gone` */
export function readPlan(
  factory: Pick<Factory, "objects" | "settings">,
  model: string,
  batchId: string,
): Promise<LargeFilePlan> {
  return readJson(factory, { bucket: factory.settings.dataBucket, key: dataKeys.rangePlan(model, batchId) });
}

/**
 * Bytes of an object version from `from` on, to its end: fetched in pieces, so that who stops early has not asked for the rest.
 *
 * @param firstTo end of the first piece, which is needed for certain
 * @returns null when the object version does not exist any more
 */
export async function readOn(
  factory: Pick<Factory, "objects">,
  plan: Pick<LargeFilePlan, "source" | "sizeBytes">,
  from: number,
  firstTo: number,
): Promise<AsyncIterable<Uint8Array> | null> {
  const { source, sizeBytes } = plan;
  const first = await factory.objects.read(source, { from, to: Math.min(sizeBytes, firstTo) });
  if (first === null) return null;
  const { body } = first;
  return (async function* () {
    yield* body;
    for (let at = Math.min(sizeBytes, firstTo); at < sizeBytes; at += PIECE_BYTES) {
      const next = await factory.objects.read(source, { from: at, to: Math.min(sizeBytes, at + PIECE_BYTES) });
      if (next === null) return;
      yield* next.body;
    }
  })();
}

/** The last row of a range seldom reaches further than this into the next one. */
const PIECE_BYTES = 1_000_000;
