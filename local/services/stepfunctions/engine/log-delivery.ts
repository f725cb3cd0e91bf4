import type { Cloud } from "../../../kernel/cloud.ts";
import type { LogsService } from "../../logs/types.ts";
import type { HistoryEvent, MachineRecord } from "./records.ts";
import type { Run } from "./run.ts";

/** How often new events go to the log group. */
const DELIVERY_MILLIS = 500;

interface LoggingConfiguration {
  readonly level?: "ALL" | "ERROR" | "FATAL" | "OFF";
  readonly includeExecutionData?: boolean;
  readonly destinations?: readonly { readonly cloudWatchLogsLogGroup?: { readonly logGroupArn?: string } }[];
}

/** Sends the history of running executions to CloudWatch Logs as their machine's logging configuration says. */
export interface LogDelivery {
  /** Delivers from now on, and for the last time when the execution has ended. */
  follow(run: Run, machine: MachineRecord | undefined): void;
  ended(run: Run): void;
  stop(): void;
}

/** Events that count as errors (level ERROR): everything that failed, timed out or was aborted. */
const ERROR_EVENT = /(Failed|TimedOut|Aborted)$|^FailStateEntered$/;

/** Events that count as fatal (level FATAL): the end of an execution without success. */
const FATAL_EVENT = /^Execution(Failed|TimedOut|Aborted)$/;

const DATA_MEMBERS = new Set(["input", "output", "parameters", "assignedVariables"]);

/**
 * Makes the delivery of one cloud. Delivery is best effort, as on AWS: events of the moment before a kill may be missing.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function createLogDelivery(cloud: Cloud): LogDelivery {
  const followed = new Map<Run, { configuration: LoggingConfiguration; group: string; stream: string; next: number }>();
  let timer: NodeJS.Timeout | undefined;

  function deliver(run: Run): void {
    const state = followed.get(run);
    if (state === undefined) return;
    const fresh = run.events.slice(state.next).filter((event) => isWanted(event, state.configuration.level ?? "OFF"));
    state.next = run.events.length;
    if (fresh.length === 0) return;
    const withData = state.configuration.includeExecutionData === true;
    const lines = fresh.map((event) => ({
      timestampMillis: event.timestamp,
      message: JSON.stringify(logLine(event, run.record.arn, withData)),
    }));
    cloud.service<LogsService>("logs").append(state.group, state.stream, lines);
  }

  function deliverSafely(run: Run): void {
    try {
      deliver(run);
    } catch (error) {
      // A log that cannot be written must not touch the execution.
      cloud.log("stepfunctions", "could not deliver execution logs", {
        execution: run.record.arn,
        problem: String(error),
      });
    }
  }

  return {
    follow(run, machine) {
      const configuration = machine?.loggingConfiguration as LoggingConfiguration | undefined;
      const arn = configuration?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn;
      const group = /:log-group:([^:]+)/.exec(arn ?? "")?.[1];
      if (configuration === undefined || group === undefined || (configuration.level ?? "OFF") === "OFF") return;
      const day = new Date(run.record.startMillis).toISOString().slice(0, 16).replace(/[T:]/g, "-");
      const stream = `states/${run.machineName}/${day}/${run.record.revisionId.slice(0, 8)}`;
      // After a restart only what is new is delivered.
      followed.set(run, { configuration, group, stream, next: Math.max(run.events.length - 1, 0) });
      timer ??= setInterval(() => {
        for (const each of followed.keys()) deliverSafely(each);
      }, DELIVERY_MILLIS).unref();
    },
    ended(run) {
      deliverSafely(run);
      followed.delete(run);
      if (followed.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
    stop() {
      clearInterval(timer);
    },
  };
}

function isWanted(event: HistoryEvent, level: string): boolean {
  if (level === "ALL") return true;
  return level === "ERROR" ? ERROR_EVENT.test(event.type) : FATAL_EVENT.test(event.type);
}

function logLine(event: HistoryEvent, executionArn: string, withData: boolean): object {
  const details = Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1];
  const shown = Object.entries(details ?? {}).filter(([name]) => withData || !DATA_MEMBERS.has(name));
  return {
    id: String(event.id),
    type: event.type,
    details: Object.fromEntries(shown),
    redrive_count: "0",
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(event.timestamp),
    execution_arn: executionArn,
  };
}
