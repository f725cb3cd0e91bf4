import { invalid } from "./errors.ts";

/** A job's process. */
interface Run {
  stop(): void;
  /** Resolves when the job is in a final state; never rejects. */
  readonly done: Promise<void>;
}

interface JobRecord {
  readonly name: string;
  readonly status: string | undefined;
}

/** The jobs of one kind: their records, and the processes of those that run. */
export interface JobRuns<R extends JobRecord> {
  /** @throws AwsError ValidationException when there is no such job */
  find(name: string | undefined): R;
  /** Keeps the run of a job until it is done. */
  add(name: string, run: Run): void;
  /** Asks the process of a job to end. */
  stop(name: string): void;
  /** Fails the jobs that were running when the process ended. */
  recover(): void;
  /** Resolves when every running job has ended; their processes must have been ended before. */
  settle(): Promise<void>;
}

/** What AWS says when a job ends by its fault; a restart of the local cloud is no fault of the job's. */
const INTERRUPTED =
  "InternalServerError: We encountered an internal error. Please try again. (The local cloud ended while the job was running.)";

/**
 * Keeps the jobs of one kind.
 *
 * @param fail puts a job into its failed state with a reason
 */
export function createJobRuns<R extends JobRecord>(
  records: { get(name: string): R | undefined; values(): Iterable<R> },
  fail: (name: string, reason: string) => void,
): JobRuns<R> {
  const runs = new Map<string, Run>();
  return {
    find(name) {
      const job = records.get(name ?? "");
      if (!job) throw invalid("Requested resource not found.");
      return job;
    },
    add(name, run) {
      runs.set(name, run);
      void run.done.then(() => runs.delete(name));
    },
    stop: (name) => runs.get(name)?.stop(),
    recover() {
      for (const { name, status } of [...records.values()]) {
        if (status === "InProgress" || status === "Stopping") fail(name, INTERRUPTED);
      }
    },
    async settle() {
      await Promise.all([...runs.values()].map((run) => run.done));
    },
  };
}
