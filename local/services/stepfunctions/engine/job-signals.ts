import { orInterrupted } from "./waiting.ts";

/** Wakes those who wait for a job, by the job's name. */
export interface JobSignals {
  /** Resolves when the job has changed, at the latest after `millis`; throws the signal's reason when aborted. */
  wait(job: string, millis: number, signal: AbortSignal): Promise<void>;
  changed(job: string): void;
}

/** Makes the signals of one engine. */
export function createJobSignals(): JobSignals {
  const waiters = new Map<string, Set<() => void>>();
  return {
    async wait(job, millis, signal) {
      let wake = (): void => undefined;
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const ofJob = waiters.get(job) ?? new Set();
      waiters.set(job, ofJob.add(wake));
      const timer = setTimeout(wake, millis);
      try {
        await orInterrupted(changed, signal);
      } finally {
        clearTimeout(timer);
        ofJob.delete(wake);
        if (ofJob.size === 0) waiters.delete(job);
      }
    },
    changed(job) {
      for (const wake of waiters.get(job) ?? []) wake();
    },
  };
}
