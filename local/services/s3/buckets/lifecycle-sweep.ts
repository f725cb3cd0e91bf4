import type { ObjectState } from "../store/object-state.ts";
import { expire } from "./lifecycle.ts";

const SWEEP_MILLIS = 3_600_000;

/** Applies the lifecycle rules of all buckets now and then every hour; gives the function that ends it. */
export function startLifecycleSweep(state: ObjectState): () => void {
  const sweep = (): void => {
    for (const bucket of [...state.buckets.values()]) {
      try {
        const touched = expire(state, bucket, state.cloud.now());
        if (touched > 0) state.cloud.log("s3", "lifecycle rules removed objects", { bucket: bucket.name, touched });
      } catch (error) {
        // One bucket's broken rule must not end the sweep of the others, nor the process.
        state.cloud.log("s3", "lifecycle sweep failed", { bucket: bucket.name, error: String(error) });
      }
    }
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_MILLIS);
  timer.unref();
  return () => clearInterval(timer);
}
