import { type BatchRule, percent } from "../batch-facts.ts";
import { repeatedShare } from "../key-sketch.ts";
import { wholeReason } from "../reason.ts";

/** Too many rows of the file have the key of an earlier row. Exact up to 65,536 keys, beyond that estimated on a sample. */
export const repeatedKeys: BatchRule = ({ keys, rows }, _context, { data }) => {
  const { maxFraction } = data.rules["repeated-keys"];
  if (keys === null || data.key.length === 0) return [];
  const share = repeatedShare(keys);
  if (share <= maxFraction) return [];
  const about = keys.share < 1 ? "about " : "";
  const message = `${about}${percent(share)} of the rows have a key (${data.key.join(", ")}) that came before in the file, at most ${percent(maxFraction)} may; remove repeated rows, or add columns to data.key`;
  return [{ ...wholeReason("repeated-keys", message), count: Math.round(share * rows), examples: keys.repeated }];
};
