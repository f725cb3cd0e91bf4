import { authorize } from "../../kernel/authorization.ts";
import type { Cloud, Principal } from "../../kernel/cloud.ts";
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

/** What SageMaker does in CloudWatch Logs before the first line. */
const OPENING = ["CreateLogGroup", "DescribeLogStreams", "CreateLogStream"];

/** Opens a log stream, written to with the execution role; it and its group are made with the first line. */
export function createLogWriter(
  cloud: Cloud,
  group: string,
  stream: string,
  principal: Principal | undefined,
): LogWriter {
  let isOpen = false;
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
      mayWrite();
      cloud.service<LogsService>("logs").append(group, stream, events);
    } catch (error) {
      // A job must not fail because its log cannot be kept; the operator's log says that lines are missing.
      cloud.log("sagemaker", `log lines lost: ${(error as Error).message}`, { group, stream, lines: events.length });
    }
  }

  function mayWrite(): void {
    if (principal === undefined) return;
    const input = { logGroupName: group, logStreamName: stream };
    for (const operation of isOpen ? ["PutLogEvents"] : [...OPENING, "PutLogEvents"]) {
      authorize(cloud, { service: "logs", operation, input, principal });
    }
    isOpen = true;
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
