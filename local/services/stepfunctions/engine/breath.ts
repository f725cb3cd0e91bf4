/** How long executions may keep the event loop for themselves. */
const SLICE_MILLIS = 5;

/**
 * Makes a function that lets other work of the process go first when too much time has passed since it last did: a
 * machine that loops over states without waiting must not hold up every other service.
 */
export function createBreath(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let lastMillis = now();
  return () => {
    if (now() - lastMillis < SLICE_MILLIS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        lastMillis = now();
        resolve();
      });
    });
  };
}
