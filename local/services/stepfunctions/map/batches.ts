import { type Json, jsonSizeBytes } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { MAX_PAYLOAD_BYTES } from "../engine/data-flow.ts";

/** Limits of a batch and what travels with each. */
export interface BatchLimits {
  readonly maxItems?: number;
  readonly maxBytes?: number;
  readonly batchInput?: Json;
}

/** The input of one child execution and the number of items in it. */
export interface ChildInput {
  readonly input: Json;
  readonly itemCount: number;
}

/**
 * Groups items for child executions: `{ Items: [...], BatchInput? }` within the limits of items and bytes.
 * Throws States.ItemReaderFailed when one item alone is larger than a batch may be.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export function makeBatches(items: readonly Json[], limits: BatchLimits): ChildInput[] {
  const maxItems = limits.maxItems ?? Number.POSITIVE_INFINITY;
  const maxBytes = Math.min(limits.maxBytes ?? MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
  const wrap = (batch: Json[]): Json => ({
    ...(limits.batchInput !== undefined && { BatchInput: limits.batchInput }),
    Items: batch,
  });
  const overhead = jsonSizeBytes(wrap([]));
  const batches: ChildInput[] = [];
  let batch: Json[] = [];
  let bytes = overhead;
  const close = () => {
    if (batch.length > 0) batches.push({ input: wrap(batch), itemCount: batch.length });
    batch = [];
    bytes = overhead;
  };
  for (const item of items) {
    const size = jsonSizeBytes(item) + 1;
    if (overhead + size > maxBytes) {
      throw new StateError(
        "States.ItemReaderFailed",
        `An item of ${size} bytes does not fit into a batch of ${maxBytes} bytes`,
      );
    }
    if (batch.length >= maxItems || bytes + size > maxBytes) close();
    batch.push(item);
    bytes += size;
  }
  close();
  return batches;
}
