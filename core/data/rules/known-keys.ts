import { type BatchRule, percent } from "../batch-facts.ts";
import { knownShare } from "../key-sketch.ts";
import { wholeReason } from "../reason.ts";

/** Too many rows of the file are in earlier batches already. Estimated on samples of the keys. */
export const knownKeys: BatchRule = ({ keys, sha256, rows }, { keys: others, batches }, { data }) => {
  const { maxFraction } = data.rules["known-keys"];
  if (keys === null || data.key.length === 0 || others.length === 0) return [];
  // Of the same file all keys are known; one message is enough.
  if (batches.some((batch) => batch.sha256 === sha256)) return [];
  const share = knownShare(keys, others);
  if (share <= maxFraction) return [];
  const message = `about ${percent(share)} of the keys (${data.key.join(", ")}) are in the ${others.length} batches before already, at most ${percent(maxFraction)} may; upload new rows only, or add columns to data.key`;
  return [{ ...wholeReason("known-keys", message), count: Math.round(share * rows) }];
};
