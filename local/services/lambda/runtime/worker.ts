import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../../kernel/cloud.ts";
import type { StoredFunction } from "../function-store.ts";
import { launchPlan } from "./environment.ts";
import { splitLines } from "./log-lines.ts";
import { readMemory } from "./memory.ts";
import { notePid } from "./orphans.ts";
import type { RuntimeApi } from "./runtime-api.ts";

/** One request for a function. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly invokedArn: string;
  readonly traceId: string;
  readonly clientContext?: string | undefined;
}

/** How a request ended in its process. */
export interface RunResult {
  readonly payload: Buffer;
  readonly failed: boolean;
  /** Set when the process itself was at fault: `Sandbox.Timedout`, `Runtime.OutOfMemory`, `Runtime.ExitError`. */
  readonly fault?: string | undefined;
  readonly durationMillis: number;
  /** Set on the first request of a process. */
  readonly initMillis?: number | undefined;
  readonly maxMemoryMib: number;
  /** Resolves when everything that the request wrote has been given to the log. */
  readonly logged: Promise<void>;
}

/** Takes what a process writes. */
export interface WorkerLog {
  readonly stream: string;
  line(text: string): void;
}

interface Current {
  readonly invocation: Invocation;
  readonly finish: (result: RunResult) => void;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
  logged: () => void;
  readonly whenLogged: Promise<void>;
  marks: number;
}

/** Lambda stops an initialisation after 10 seconds and gives it the function's whole timeout when it is tried again. */
const INIT_LIMIT_MILLIS = 10_000;
const MEMORY_CHECK_MILLIS = 100;
const LOG_WAIT_MILLIS = 500;
const MIB = 1024 * 1024;

/** One process of a function. It takes one request at a time, and is used again while it lives. */
export class Worker {
  readonly id = randomBytes(12).toString("hex");
  readonly fn: StoredFunction;
  readonly createdMillis: number;
  readonly #api: RuntimeApi;
  readonly #log: WorkerLog;
  readonly #scratch: string;
  readonly #onExit: () => void;
  readonly #spawnedAt = performance.now();
  #child: ChildProcess | undefined;
  #initMillis: number | undefined;
  #deliver: ((headers: Record<string, string>, payload: Uint8Array) => void) | undefined;
  #current: Current | undefined;
  #initError: Buffer | undefined;
  #how = "exited";
  #fault: { type: string; message: string } | undefined;
  #watch: NodeJS.Timeout | undefined;
  dead = false;

  constructor(
    cloud: Cloud,
    api: RuntimeApi,
    authority: string,
    fn: StoredFunction,
    options: { taskRoot: string; scratchRoot: string; log: WorkerLog; onExit: () => void },
  ) {
    this.fn = fn;
    this.createdMillis = cloud.now();
    this.#api = api;
    this.#log = options.log;
    this.#onExit = options.onExit;
    this.#scratch = join(options.scratchRoot, this.id);
    mkdirSync(this.#scratch, { recursive: true });
    api.add(this.id, {
      onNext: (deliver) => this.#ready(deliver),
      onResponse: (requestId, payload) => this.#settle(requestId, payload, false),
      onError: (requestId, body) => this.#settle(requestId, body, true),
      onInitError: (body) => {
        this.#initError = body;
      },
    });
    const plan = launchPlan(cloud, fn, {
      taskRoot: options.taskRoot,
      scratchDirectory: this.#scratch,
      runtimeApi: `${authority}/${this.id}`,
      logStream: options.log.stream,
    });
    const child = spawn(plan.command, plan.args, {
      cwd: options.taskRoot,
      env: plan.environment,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    notePid(this.#scratch, child.pid);
    for (const pipe of [child.stdout, child.stderr]) {
      const splitter = splitLines(
        (text) => this.#log.line(text),
        (requestId) => this.#mark(requestId),
      );
      pipe?.on("data", (chunk: Buffer) => splitter.push(chunk));
      pipe?.on("end", () => splitter.end());
    }
    // The pipe breaks when the process dies first; its exit says so.
    child.stdin?.on("error", () => undefined);
    child.once("error", (error) => this.#exited(`could not be started: ${error.message}`));
    // `close` comes after the last byte of the pipes, unlike `exit`.
    child.once("close", (status, signal) => this.#exited(describeExit(status, signal)));
  }

  /** Name of the log stream of this process. */
  get logStream(): string {
    return this.#log.stream;
  }

  /** Gives the process a request. It must be idle. */
  run(invocation: Invocation): Promise<RunResult> {
    return new Promise((finish) => {
      let logged = (): void => undefined;
      const whenLogged = new Promise<void>((resolve) => {
        logged = resolve;
      });
      this.#current = {
        invocation,
        finish,
        startedAt: performance.now(),
        timer: undefined,
        logged,
        whenLogged,
        marks: 0,
      };
      this.#limit(Math.max(INIT_LIMIT_MILLIS, this.fn.timeoutSeconds * 1_000));
      this.#watch = setInterval(() => this.#checkMemory(), MEMORY_CHECK_MILLIS);
      if (this.#child === undefined) this.#failOfExit(this.#how);
      else this.#start();
    });
  }

  /** Ends the process at once, as Lambda does. */
  kill(): void {
    this.dead = true;
    this.#child?.kill("SIGKILL");
  }

  #ready(deliver: (headers: Record<string, string>, payload: Uint8Array) => void): void {
    this.#initMillis ??= performance.now() - this.#spawnedAt;
    this.#deliver = deliver;
    this.#start();
  }

  /** Hands the request over once both are there: a request and a process that asks for one. */
  #start(): void {
    const current = this.#current;
    const deliver = this.#deliver;
    if (current === undefined || deliver === undefined) return;
    this.#deliver = undefined;
    const timeoutMillis = this.fn.timeoutSeconds * 1_000;
    current.startedAt = performance.now();
    this.#limit(timeoutMillis);
    const { invocation } = current;
    deliver(
      {
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": String(Date.now() + timeoutMillis),
        "lambda-runtime-invoked-function-arn": invocation.invokedArn,
        "lambda-runtime-trace-id": invocation.traceId,
        ...(invocation.clientContext === undefined
          ? {}
          : { "lambda-runtime-client-context": invocation.clientContext }),
      },
      invocation.payload,
    );
  }

  #limit(millis: number): void {
    const current = this.#current;
    if (current === undefined) return;
    clearTimeout(current.timer);
    current.timer = setTimeout(() => {
      const seconds = (millis / 1_000).toFixed(2);
      this.#log.line(
        `${new Date().toISOString()} ${current.invocation.requestId} Task timed out after ${seconds} seconds\n`,
      );
      this.#fault = { type: "Sandbox.Timedout", message: `Error: Task timed out after ${seconds} seconds` };
      this.kill();
    }, millis);
  }

  #checkMemory(): void {
    const memory = readMemory(this.#child?.pid);
    if (memory === undefined || memory.residentBytes <= this.fn.memoryMib * MIB) return;
    this.#fault = { type: "Runtime.OutOfMemory", message: "Error: Runtime exited with error: signal: killed" };
    this.kill();
  }

  #settle(requestId: string, payload: Buffer, failed: boolean): boolean {
    if (this.#current?.invocation.requestId !== requestId) return false;
    this.#finish(payload, failed, undefined);
    return true;
  }

  #finish(payload: Buffer, failed: boolean, fault: string | undefined): void {
    const current = this.#current;
    if (current === undefined) return;
    clearTimeout(current.timer);
    clearInterval(this.#watch);
    this.#current = undefined;
    const initMillis = this.#initMillis;
    this.#initMillis = -1;
    const lost = setTimeout(current.logged, LOG_WAIT_MILLIS);
    lost.unref();
    this.#unlogged = current;
    // A process that has ended has nothing more to write.
    if (this.#child === undefined || current.marks >= 2) current.logged();
    current.finish({
      payload,
      failed,
      fault,
      durationMillis: performance.now() - current.startedAt,
      initMillis: initMillis === undefined || initMillis < 0 ? undefined : initMillis,
      maxMemoryMib: Math.ceil((readMemory(this.#child?.pid)?.peakBytes ?? 0) / MIB) || this.fn.memoryMib,
      logged: current.whenLogged.then(() => clearTimeout(lost)),
    });
  }

  #unlogged: Current | undefined;

  /** Standard output and standard error each end a request's log with a mark. */
  #mark(requestId: string): void {
    for (const current of [this.#current, this.#unlogged]) {
      if (current?.invocation.requestId !== requestId) continue;
      current.marks += 1;
      if (current.marks >= 2 && current === this.#unlogged) current.logged();
      return;
    }
  }

  #exited(how: string): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    this.#how = how;
    this.dead = true;
    this.#api.remove(this.id);
    this.#failOfExit(how);
    rmSync(this.#scratch, { recursive: true, force: true });
    this.#onExit();
  }

  /** Answers the request under way, if any, with how the process ended. */
  #failOfExit(how: string): void {
    const current = this.#current;
    if (current === undefined) return;
    if (this.#initError !== undefined) {
      this.#finish(this.#initError, true, undefined);
      return;
    }
    const { requestId } = current.invocation;
    const { type, message } = this.#fault ?? { type: "Runtime.ExitError", message: `Error: Runtime ${how}` };
    // What a caller sees of a process that ran out of memory is how it ended; the report names the cause.
    const errorType = type === "Runtime.OutOfMemory" ? "Runtime.ExitError" : type;
    const body = { errorType, errorMessage: `RequestId: ${requestId} ${message}` };
    if (type !== "Sandbox.Timedout") this.#log.line(`RequestId: ${requestId} ${message}\n${errorType}`);
    this.#finish(Buffer.from(JSON.stringify(body)), true, type);
  }
}

function describeExit(status: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "exited with error: signal: killed";
  if (signal === "SIGABRT") return "exited with error: signal: aborted";
  if (signal !== null) return `exited with error: signal: ${signal.replace(/^SIG/, "").toLowerCase()}`;
  return status === 0 ? "exited without providing a reason" : `exited with error: exit status ${String(status)}`;
}
