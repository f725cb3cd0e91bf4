/** Why a line of control was ended from outside. */
export type InterruptReason = "shutdown" | "stopped" | "sibling-failed" | "timed-out";

/** Thrown through a frame that is ended from outside; no Retry or Catch sees it. */
export class Interrupted extends Error {
  readonly reason: InterruptReason;

  constructor(reason: InterruptReason) {
    super(`interrupted: ${reason}`);
    this.name = "Interrupted";
    this.reason = reason;
  }
}

/** Ends everything under a controller for a reason. */
export function interrupt(controller: AbortController, reason: InterruptReason): void {
  controller.abort(new Interrupted(reason));
}

/** A controller that is aborted with its parent, for the same reason. Call `release` when done. */
export function childController(parent: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const forward = () => controller.abort(parent.reason);
  if (parent.aborted) forward();
  else parent.addEventListener("abort", forward, { once: true });
  return { controller, release: () => parent.removeEventListener("abort", forward) };
}

/** The promise's value, or the signal's reason thrown as soon as it is aborted. */
export async function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw signal.reason;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Timers take 32-bit delays: longer waits are cut into pieces. */
const MAX_TIMER_MILLIS = 2_147_483_647;

/** Waits until a moment on the given clock (milliseconds since the epoch); throws the signal's reason when aborted. */
export async function sleepUntil(atMillis: number, now: () => number, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw signal.reason;
    const remaining = atMillis - now();
    if (remaining <= 0) return;
    await pause(Math.min(Math.ceil(remaining), MAX_TIMER_MILLIS), signal);
  }
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, millis);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
