import type { Operation } from "../../../kernel/cloud.ts";
import type { ExecutionEngine } from "../engine/engine.ts";
import type { HistoryEvent } from "../engine/records.ts";
import { executionOf } from "./executions.ts";
import { keyedPage } from "./page.ts";

interface HistoryInput {
  executionArn: string;
  maxResults?: number;
  reverseOrder?: boolean;
  nextToken?: string;
  includeExecutionData?: boolean;
}

/** `GetExecutionHistory`. */
export function historyOperations(engine: ExecutionEngine): Record<string, Operation> {
  return {
    GetExecutionHistory(input: HistoryInput) {
      const record = executionOf(engine, input.executionArn);
      const events = engine.history(record.arn);
      const ordered = input.reverseOrder === true ? [...events].reverse() : events;
      const page = keyedPage(ordered, (event) => String(event.id), input.maxResults, input.nextToken);
      const withData = input.includeExecutionData !== false;
      return { events: page.items.map((event) => presented(event, withData)), nextToken: page.nextToken };
    },
  };
}

/** Members that carry data of the execution, which `includeExecutionData: false` leaves out. */
const DATA_MEMBERS = new Set(["input", "output", "parameters", "cause", "assignedVariables"]);

function presented(event: HistoryEvent, withData: boolean): object {
  const shown: Record<string, unknown> = { ...event, timestamp: new Date(event.timestamp) };
  if (withData) return shown;
  for (const [name, details] of Object.entries(shown)) {
    if (!name.endsWith("EventDetails") || typeof details !== "object" || details === null) continue;
    shown[name] = Object.fromEntries(Object.entries(details).filter(([member]) => !DATA_MEMBERS.has(member)));
  }
  return shown;
}
