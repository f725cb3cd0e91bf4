import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { CodeStore } from "../code/code-store.ts";
import { throttled } from "../errors.ts";
import { functionArn } from "../function-name.ts";
import type { FunctionStore, StoredFunction } from "../function-store.ts";
import { LogShipper, newStreamName } from "../telemetry/log-shipper.ts";
import { MetricsCollector } from "../telemetry/metrics.ts";
import { endLines, startLine } from "../telemetry/platform-lines.ts";
import type { InvocationOutcome } from "../types.ts";
import { killOrphans } from "./orphans.ts";
import { withPlannedFailure } from "./planned-failure.ts";
import { MAX_PROCESSES, WorkerPool } from "./pool.ts";
import { RuntimeApi } from "./runtime-api.ts";
import { type Invocation, type RunResult, Worker } from "./worker.ts";

/** What a caller may say about an invocation. */
export interface InvokeOptions {
  readonly requestId?: string | undefined;
  readonly clientContext?: string | undefined;
  /** The qualifier as the caller gave it, for the ARN that the function sees. */
  readonly qualifier?: string | undefined;
}

const MAX_RESPONSE_BYTES = 6_291_556;
const TAIL_CHARACTERS = 4_096;

/** Runs functions: keeps their processes, logs and metrics. */
export class Executor {
  readonly metrics: MetricsCollector;
  readonly logs: LogShipper;
  readonly #store: FunctionStore;
  readonly #code: CodeStore;
  readonly #api = new RuntimeApi();
  readonly #pools = new Map<string, WorkerPool>();
  readonly #scratchRoot: string;
  // Lines of the invocation under way, by process.
  readonly #lines = new WeakMap<Worker, string[]>();
  #stopped = false;

  constructor(store: FunctionStore, code: CodeStore) {
    this.#store = store;
    this.#code = code;
    this.metrics = new MetricsCollector(store.cloud);
    this.logs = new LogShipper(store.cloud);
    this.#scratchRoot = join(store.cloud.directory("lambda"), "scratch");
    const orphans = killOrphans(this.#scratchRoot);
    if (orphans > 0) store.cloud.log("lambda", "ended processes of functions that outlived the cloud", { orphans });
    // Scratch space of processes that died with the cloud.
    rmSync(this.#scratchRoot, { recursive: true, force: true });
    mkdirSync(this.#scratchRoot, { recursive: true });
  }

  /** Opens the Runtime API, so that the first process need not wait for it. */
  async start(): Promise<void> {
    await this.#api.authority();
  }

  /** Runs one invocation. Throws TooManyRequestsException when the function's reserved concurrency is used up. */
  invoke(fn: StoredFunction, payload: Uint8Array, options: InvokeOptions = {}): Promise<InvocationOutcome> {
    return withPlannedFailure(this.#store.cloud, fn.name, fn.version, payload, () => this.#run(fn, payload, options));
  }

  async #run(fn: StoredFunction, payload: Uint8Array, options: InvokeOptions): Promise<InvocationOutcome> {
    if (this.#stopped) throw new AwsError("ServiceException", 500, "The local cloud is shutting down.");
    const { cloud } = this.#store;
    const pool = this.#poolOf(fn);
    const reserved = this.#store.attached(fn.name).reservedConcurrency;
    if (reserved !== undefined && pool.busy >= reserved) {
      this.metrics.record(fn.name, "Throttles", 1);
      throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    }
    const requestId = options.requestId ?? randomUUID();
    const invocation: Invocation = {
      requestId,
      payload,
      invokedArn: functionArn(cloud, fn.name, options.qualifier),
      traceId: newTraceId(cloud.now()),
      clientContext: options.clientContext,
    };
    let worker: Worker | undefined;
    const result = await pool.run(fn, invocation, reserved ?? MAX_PROCESSES, (chosen) => {
      worker = chosen;
      this.#begin(chosen, requestId);
    });
    this.metrics.record(fn.name, "Invocations", 1);
    this.metrics.record(fn.name, "Errors", result.failed ? 1 : 0);
    this.metrics.record(fn.name, "Duration", result.durationMillis);
    const tail = this.#end(worker, fn, requestId, result);
    const tooLarge = !result.failed && result.payload.length > MAX_RESPONSE_BYTES;
    return {
      requestId,
      payload: tooLarge ? responseTooLarge() : result.payload,
      functionError: result.failed || tooLarge ? "Unhandled" : undefined,
      executedVersion: fn.version,
      logTail: () => tail,
    };
  }

  /** Starts a process ahead of the first request; see LambdaService. */
  prepare(fn: StoredFunction): void {
    if (this.#stopped || this.#store.attached(fn.name).reservedConcurrency === 0) return;
    this.#poolOf(fn).prepare(fn);
  }

  /** Lets processes of older revisions end; with no revision, all of the function's. */
  retire(name: string, version: string, revisionId: string | undefined): void {
    this.#pools.get(`${name}:${version}`)?.retire(revisionId);
  }

  /** Ends every process and brings the last logs and metrics home. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const pool of this.#pools.values()) pool.stop();
    await Promise.all([this.logs.flush(), this.metrics.flush()]);
    this.#api.close();
  }

  #poolOf(fn: StoredFunction): WorkerPool {
    const key = `${fn.name}:${fn.version}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new WorkerPool((wanted, onExit) => this.#launch(wanted, onExit), this.#store.cloud.now);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  async #launch(fn: StoredFunction, onExit: (worker: Worker) => void): Promise<Worker> {
    const { cloud } = this.#store;
    const authority = await this.#api.authority();
    const stream = newStreamName(fn.version, cloud.now());
    const worker: Worker = new Worker(cloud, this.#api, authority, fn, {
      taskRoot: this.#code.taskRoot(fn.codeSha256),
      scratchRoot: this.#scratchRoot,
      log: { stream, line: (text) => this.#line(worker, text) },
      onExit: () => onExit(worker),
    });
    this.#lines.set(worker, []);
    return worker;
  }

  #line(worker: Worker, text: string): void {
    this.#lines.get(worker)?.push(text);
    this.logs.add(worker.fn.role, worker.fn.logging.logGroup, worker.logStream, text);
  }

  #begin(worker: Worker, requestId: string): void {
    this.#lines.set(worker, []);
    this.#line(worker, startLine(worker.fn, requestId));
  }

  async #end(worker: Worker | undefined, fn: StoredFunction, requestId: string, result: RunResult): Promise<string> {
    if (worker === undefined) return "";
    const lines = this.#lines.get(worker) ?? [];
    await result.logged;
    for (const text of endLines(fn, requestId, result)) {
      lines.push(text);
      this.logs.add(fn.role, fn.logging.logGroup, worker.logStream, text);
    }
    return lines.join("\n").concat("\n").slice(-TAIL_CHARACTERS);
  }
}

/** A fresh trace header in X-Ray's form, not sampled. */
function newTraceId(nowMillis: number): string {
  const seconds = Math.floor(nowMillis / 1_000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}

function responseTooLarge(): Buffer {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
  return Buffer.from(JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage }));
}
