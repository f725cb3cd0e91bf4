import type { BatchRule } from "../batch-facts.ts";
import { parseInstant } from "../instant-parser.ts";
import { wholeReason } from "../reason.ts";
import { utf8 } from "../text.ts";

/** All rows are older than the newest ones that are known already. */
export const timeOrder: BatchRule = ({ timeRange, sha256 }, { batches }, { data }) => {
  if (timeRange === null || data.time === undefined || batches.some((batch) => batch.sha256 === sha256)) return [];
  const newest = batches
    .flatMap((batch) => (batch.timeRange === null ? [] : [batch.timeRange.to]))
    .sort((a, b) => instant(b) - instant(a))[0];
  if (newest === undefined || instant(timeRange.to) >= instant(newest)) return [];
  const message = `the newest row is of ${timeRange.to}, but rows up to ${newest} are there already; the file comes late: check that it is no old export, and that data.window still covers it`;
  return [wholeReason("time-order", message, data.time)];
};

function instant(text: string): number {
  const bytes = utf8(text);
  return parseInstant(bytes, 0, bytes.length);
}
