import type { BatchFinding, BatchRule } from "../batch-facts.ts";
import { parseInstant } from "../instant-parser.ts";
import { wholeReason } from "../reason.ts";
import { utf8 } from "../text.ts";

const MILLIS_PER_DAY = 86_400_000;

/** The oldest or the newest row has a time that cannot be. */
export const timeRangeRule: BatchRule = ({ timeRange, receivedAt }, _context, { data }) => {
  const { earliest, maxFutureDays } = data.rules["time-range"];
  if (timeRange === null || data.time === undefined) return [];
  const findings: BatchFinding[] = [];
  if (instant(timeRange.from) < instant(earliest)) {
    const message = `the oldest row is of ${timeRange.from}, before ${earliest}; correct the date, or set data.rules.time-range.earliest`;
    findings.push(wholeReason("time-range", message, data.time));
  }
  if (instant(timeRange.to) > instant(receivedAt) + maxFutureDays * MILLIS_PER_DAY) {
    const message = `the newest row is of ${timeRange.to}, later than the upload (${receivedAt}); correct the date or its time zone, or set data.rules.time-range.maxFutureDays`;
    findings.push(wholeReason("time-range", message, data.time));
  }
  return findings;
};

function instant(text: string): number {
  const bytes = utf8(text);
  return parseInstant(bytes, 0, bytes.length);
}
