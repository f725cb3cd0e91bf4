import { randomBytes } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Frame, TaskProgress } from "./records.ts";
import type { Run } from "./run.ts";

/** A task that waits for its token. */
interface Waiting {
  readonly run: Run;
  readonly frame: Frame;
  readonly task: TaskProgress;
  readonly wake: () => void;
}

/** The tokens that running tasks wait for. What a caller reports is on disk before the call returns. */
export class TaskTokens {
  readonly #waiting = new Map<string, Waiting>();

  /** A fresh token; long and opaque like AWS's. */
  static create(): string {
    return `local-task-${randomBytes(48).toString("base64")}`;
  }

  /** Registers a task; `wake` is called on each report and heartbeat. Returns the function that takes it out again. */
  register(token: string, waiting: Waiting): () => void {
    this.#waiting.set(token, waiting);
    return () => this.#waiting.delete(token);
  }

  /** Takes a report. Throws InvalidToken for a text that is no token, TaskTimedOut for a task that is over. */
  report(token: string, outcome: NonNullable<TaskProgress["outcome"]>): void {
    const { run, frame, task, wake } = this.#find(token);
    if (task.outcome !== undefined) throw gone();
    task.outcome = outcome;
    run.save(frame);
    run.commit();
    wake();
  }

  /** Notes that the worker is alive. */
  heartbeat(token: string, nowMillis: number): void {
    const { run, frame, task, wake } = this.#find(token);
    if (task.outcome !== undefined) throw gone();
    task.lastHeartbeatMillis = nowMillis;
    run.save(frame);
    run.commit();
    wake();
  }

  #find(token: string): Waiting {
    if (!token.startsWith("local-task-")) throw new AwsError("InvalidToken", 400, "Invalid Token: 'Invalid token'");
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) throw gone();
    return waiting;
  }
}

function gone(): AwsError {
  return new AwsError("TaskTimedOut", 400, "Task Timed Out: 'Provided task does not exist anymore'");
}
