import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** What a container process is told to do; `base` stands for /opt/ml. */
export type Assignment =
  | { readonly kind: "train"; readonly base: string; readonly environment: Readonly<Record<string, string>> }
  | {
      readonly kind: "serve";
      readonly base: string;
      /** Directory of the inference code. */
      readonly code: string;
      readonly environment: Readonly<Record<string, string>>;
    };

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Python process that stands for one container. */
export interface ContainerProcess {
  readonly pid: number | undefined;
  assign(assignment: Assignment): void;
  /** Calls back for each line of standard output and error, those before the call included. */
  onLine(listener: (line: string) => void): void;
  /** Resolves with the port when the model server listens, or with how the process ended instead. */
  readonly listening: Promise<{ readonly port: number } | ProcessExit>;
  /** Resolves when the process has ended and all of its output was delivered. */
  readonly exited: Promise<ProcessExit>;
  kill(signal?: NodeJS.Signals): void;
}

const MAIN = fileURLToPath(new URL("container/main.py", import.meta.url));
/** CloudWatch Logs takes at most 256 KiB an event. */
const MAX_LINE_CHARACTERS = 200_000;

/** Starts a container process: it warms up and waits for its assignment. Standard input is its lifeline. */
export function startContainerProcess(python: string, environment: Readonly<Record<string, string>>): ContainerProcess {
  const child = spawn(python, ["-u", MAIN], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { ...environment, MLOPS_PARENT_PID: String(process.pid) },
  });
  const lines: string[] = [];
  let listener: ((line: string) => void) | undefined;
  const deliver = (line: string): void => {
    const text = line.length > MAX_LINE_CHARACTERS ? `${line.slice(0, MAX_LINE_CHARACTERS)}…` : line;
    if (listener) listener(text);
    else lines.push(text);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on("line", deliver);
  const exited = exitOf(child, deliver);
  const stdin = child.stdin as Writable;
  // The process may be gone when its assignment is written; its exit tells so.
  stdin.on("error", () => undefined);
  return {
    pid: child.pid,
    assign: (assignment) => void stdin.write(`${JSON.stringify(assignment)}\n`),
    onLine(callback) {
      listener = callback;
      for (const line of lines.splice(0)) callback(line);
    },
    listening: Promise.race([portOf(child.stdio[3] as Readable), exited]),
    exited,
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
}

function exitOf(child: ChildProcess, deliver: (line: string) => void): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      deliver(`The container's process cannot be started: ${error.message}`);
      resolve({ exitCode: null, signal: null });
    });
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

function portOf(control: Readable): Promise<{ port: number }> {
  return new Promise((resolve) => {
    createInterface({ input: control }).on("line", (line) => {
      const message = JSON.parse(line) as { event: string; port?: number };
      if (message.event === "listening" && message.port !== undefined) resolve({ port: message.port });
    });
  });
}
