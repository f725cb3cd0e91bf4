import type { Cloud } from "../../kernel/cloud.ts";
import type { LogsService } from "../logs/types.ts";

/** Writes the lines of one container to a stream of CloudWatch Logs. */
export interface LogWriter {
  write(line: string): void;
  /** The last lines, for messages. */
  tail(): readonly string[];
  /** Hands over what is still held back. */
  close(): void;
}

const FLUSH_MILLIS = 200;
const TAIL_LINES = 50;

/** Opens a log stream; it and its group are made with the first line. */
export function createLogWriter(cloud: Cloud, group: string, stream: string): LogWriter {
  let pending: { timestampMillis: number; message: string }[] = [];
  const tail: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = pending;
    pending = [];
    if (events.length === 0) return;
    try {
      cloud.service<LogsService>("logs").append(group, stream, events);
    } catch (error) {
      // A job must not fail because its log cannot be kept; the operator's log says that lines are missing.
      cloud.log("sagemaker", `log lines lost: ${(error as Error).message}`, { group, stream, lines: events.length });
    }
  }

  return {
    write(line) {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      // CloudWatch Logs refuses empty messages.
      if (line === "") return;
      pending.push({ timestampMillis: cloud.now(), message: line });
      timer ??= setTimeout(flush, FLUSH_MILLIS);
    },
    tail: () => tail,
    close: flush,
  };
}
