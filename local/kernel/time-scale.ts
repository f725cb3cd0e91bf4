/** A scaled pause is not shorter than this, or than the pause itself: polling must not become spinning. */
const SHORTEST_MILLIS = 100;

/**
 * A pause between tries as long as it shall be here: MLOPS_LOCAL_TIME_SCALE (above 0, at most 1, default 1) shortens what
 * AWS's services wait by themselves (Retry and Wait of Step Functions, tries of asynchronous Lambda events, visibility
 * timeouts of SQS), so that tests see in seconds what takes an hour. Timeouts and work are never scaled.
 *
 * @throws Error that names the variable when its value is not such a number
 */
export function scaledMillis(millis: number): number {
  const text = process.env["MLOPS_LOCAL_TIME_SCALE"];
  if (text === undefined || text === "") return millis;
  const factor = Number(text);
  if (!Number.isFinite(factor) || factor <= 0 || factor > 1) {
    throw new Error(`MLOPS_LOCAL_TIME_SCALE is '${text}'; it must be a number above 0, at most 1`);
  }
  return Math.max(Math.min(millis, SHORTEST_MILLIS), Math.round(millis * factor));
}
