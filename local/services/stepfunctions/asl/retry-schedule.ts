import type { Retrier } from "./definition.ts";
import { errorMatches } from "./errors-matching.ts";

/** The largest `MaxAttempts` that AWS accepts. */
export const MAX_ATTEMPTS_LIMIT = 99_999_999;

/** Defaults of a retrier: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
const DEFAULTS = { intervalSeconds: 1, backoffRate: 2, maxAttempts: 3 } as const;

/** What to do after a failed attempt: the retrier that applies and the pause before the next try. */
export interface RetryDecision {
  readonly retrierIndex: number;
  readonly delayMillis: number;
}

/**
 * Picks the first retrier that matches the error and computes its pause; undefined when none matches or its attempts are used up.
 *
 * @param attempts retries already made per retrier (each retrier counts on its own).
 * @param random a number in [0, 1) for `JitterStrategy: FULL`, which draws the pause between 0 and the computed delay.
 */
export function nextRetry(
  retriers: readonly Retrier[],
  error: string,
  attempts: readonly number[],
  random: () => number,
): RetryDecision | undefined {
  const retrierIndex = retriers.findIndex((retrier) => errorMatches(retrier.ErrorEquals, error));
  const retrier = retriers[retrierIndex];
  if (retrier === undefined) return undefined;
  const made = attempts[retrierIndex] ?? 0;
  if (made >= (retrier.MaxAttempts ?? DEFAULTS.maxAttempts)) return undefined;
  const interval = retrier.IntervalSeconds ?? DEFAULTS.intervalSeconds;
  const grown = interval * (retrier.BackoffRate ?? DEFAULTS.backoffRate) ** made;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.MAX_SAFE_INTEGER / 1000);
  const drawn = retrier.JitterStrategy === "FULL" ? seconds * random() : seconds;
  return { retrierIndex, delayMillis: Math.round(drawn * 1000) };
}
