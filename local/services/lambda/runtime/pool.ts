import type { StoredFunction } from "../function-store.ts";
import type { Invocation, RunResult, Worker } from "./worker.ts";

/** How many processes one function may have at once, unless it reserves less. */
export const MAX_PROCESSES = 10;
const IDLE_MILLIS = 5 * 60_000;
// The keys in a process's environment live 12 hours.
const MAX_AGE_MILLIS = 10 * 3_600_000;

interface Waiting {
  readonly fn: StoredFunction;
  readonly invocation: Invocation;
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: unknown) => void;
  readonly onChosen: (worker: Worker) => void;
}

interface Idle {
  readonly worker: Worker;
  readonly evict: NodeJS.Timeout;
}

/** The processes of one function version: warm ones are used again, new ones started up to a limit, further requests wait. */
export class WorkerPool {
  readonly #launch: (fn: StoredFunction, onExit: (worker: Worker) => void) => Promise<Worker>;
  readonly #now: () => number;
  readonly #workers = new Set<Worker>();
  #idle: Idle[] = [];
  #waiting: Waiting[] = [];
  #starting = 0;
  /** Revision of which a process is being started that no request has asked for. */
  #preparing: string | undefined;
  #limit = MAX_PROCESSES;
  #stopped = false;

  constructor(launch: (fn: StoredFunction, onExit: (worker: Worker) => void) => Promise<Worker>, now: () => number) {
    this.#launch = launch;
    this.#now = now;
  }

  /** Requests that run or wait now. */
  get busy(): number {
    return this.#workers.size - this.#idle.length + this.#starting + this.#waiting.length;
  }

  /** Runs a request in a process of exactly this revision of the function; `onChosen` learns which, before it starts. */
  run(
    fn: StoredFunction,
    invocation: Invocation,
    maxProcesses: number,
    onChosen: (worker: Worker) => void,
  ): Promise<RunResult> {
    this.#limit = Math.min(MAX_PROCESSES, maxProcesses);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ fn, invocation, resolve, reject, onChosen });
      this.#dispatch();
    });
  }

  /** Starts a process of this revision that the next request finds, unless there is one. */
  prepare(fn: StoredFunction): void {
    const { revisionId } = fn;
    const known =
      this.#preparing !== undefined || [...this.#workers].some((worker) => worker.fn.revisionId === revisionId);
    if (known || this.#starting > 0 || this.#stopped) return;
    this.#preparing = revisionId;
    this.#launch(fn, (worker) => this.#gone(worker)).then(
      (worker) => {
        this.#preparing = undefined;
        if (this.#stopped) worker.kill();
        this.#workers.add(worker);
        this.#release(worker);
      },
      () => {
        // The first request starts one again and is told why it fails.
        this.#preparing = undefined;
        this.#dispatch();
      },
    );
  }

  /** Ends all processes, busy ones as well, and refuses what waits. */
  stop(): void {
    this.#stopped = true;
    for (const { reject } of this.#waiting) reject(new Error("the local cloud stopped before the function could run"));
    this.#waiting = [];
    for (const { evict } of this.#idle) clearTimeout(evict);
    this.#idle = [];
    for (const worker of this.#workers) worker.kill();
  }

  /** Ends the processes of other revisions as soon as they are idle. */
  retire(revisionId: string | undefined): void {
    for (const { worker } of this.#idle.filter((idle) => idle.worker.fn.revisionId !== revisionId))
      this.#dropIdle(worker);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const warm = this.#takeIdle(next.fn);
      if (warm !== undefined) {
        this.#waiting.shift();
        this.#use(warm, next);
        continue;
      }
      if (this.#preparing === next.fn.revisionId) return;
      if (this.#workers.size + this.#starting >= this.#limit) {
        // Idle processes of an older revision make room.
        const old = this.#idle[0]?.worker;
        if (old === undefined) return;
        this.#dropIdle(old);
        continue;
      }
      this.#waiting.shift();
      this.#starting += 1;
      this.#launch(next.fn, (worker) => this.#gone(worker)).then(
        (worker) => {
          this.#starting -= 1;
          if (this.#stopped) worker.kill();
          this.#workers.add(worker);
          this.#use(worker, next);
        },
        (error: unknown) => {
          this.#starting -= 1;
          next.reject(error);
          this.#dispatch();
        },
      );
    }
  }

  #takeIdle(fn: StoredFunction): Worker | undefined {
    for (;;) {
      const at = this.#idle.findLastIndex(({ worker }) => worker.fn.revisionId === fn.revisionId);
      const found = this.#idle[at];
      if (found === undefined) return undefined;
      this.#idle.splice(at, 1);
      clearTimeout(found.evict);
      const { worker } = found;
      if (!worker.dead && this.#now() - worker.createdMillis < MAX_AGE_MILLIS) return worker;
      worker.kill();
      this.#workers.delete(worker);
    }
  }

  #use(worker: Worker, { invocation, resolve, reject, onChosen }: Waiting): void {
    onChosen(worker);
    worker.run(invocation).then((result) => {
      this.#release(worker);
      resolve(result);
    }, reject);
  }

  #release(worker: Worker): void {
    if (worker.dead) this.#workers.delete(worker);
    else {
      const evict = setTimeout(() => this.#dropIdle(worker), IDLE_MILLIS);
      evict.unref();
      this.#idle.push({ worker, evict });
    }
    this.#dispatch();
  }

  #dropIdle(worker: Worker): void {
    for (const { evict } of this.#idle.filter((idle) => idle.worker === worker)) clearTimeout(evict);
    this.#idle = this.#idle.filter((idle) => idle.worker !== worker);
    this.#workers.delete(worker);
    worker.kill();
  }

  #gone(worker: Worker): void {
    for (const { evict } of this.#idle.filter((idle) => idle.worker === worker)) clearTimeout(evict);
    this.#idle = this.#idle.filter((idle) => idle.worker !== worker);
    this.#workers.delete(worker);
    this.#dispatch();
  }
}
