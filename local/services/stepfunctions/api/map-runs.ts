import type { Operation } from "../../../kernel/cloud.ts";
import type { ExecutionEngine } from "../engine/engine.ts";
import type { ExecutionRecord, MapRunRecord } from "../engine/records.ts";
import type { Store } from "../engine/store.ts";
import { noResource } from "./errors.ts";
import { executionOf } from "./executions.ts";
import { keyedPage } from "./page.ts";

const COUNT_OF_STATUS = {
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "timedOut",
  ABORTED: "aborted",
} as const;

/** Operations on the runs of distributed Maps. */
export function mapRunOperations(store: Store, engine: ExecutionEngine): Record<string, Operation> {
  const find = (arn: string): MapRunRecord => {
    const record = store.mapRuns.get(arn);
    if (record === undefined) throw noResource(arn);
    return record;
  };

  return {
    DescribeMapRun(input: { mapRunArn: string }) {
      const record = find(input.mapRunArn);
      const children = store.childrenOf(record.arn).flatMap((arn) => engine.execution(arn) ?? []);
      return {
        mapRunArn: record.arn,
        executionArn: record.executionArn,
        status: record.status,
        ...dates(record),
        maxConcurrency: record.maxConcurrency,
        toleratedFailureCount: record.toleratedFailureCount,
        toleratedFailurePercentage: record.toleratedFailurePercentage,
        executionCounts: count(record, children, record.totalExecutions, () => 1),
        itemCounts: count(record, children, record.totalItems, (child) => child.itemCount ?? 1),
        redriveCount: 0,
      };
    },

    ListMapRuns(input: { executionArn: string; maxResults?: number; nextToken?: string }) {
      const execution = executionOf(engine, input.executionArn);
      const all = [...store.mapRuns.values()].filter((record) => record.executionArn === execution.arn).reverse();
      const page = keyedPage(all, (record) => record.arn, input.maxResults, input.nextToken);
      return {
        mapRuns: page.items.map((record) => ({
          executionArn: record.executionArn,
          mapRunArn: record.arn,
          stateMachineArn: record.machineArn,
          ...dates(record),
        })),
        nextToken: page.nextToken,
      };
    },

    UpdateMapRun(input: {
      mapRunArn: string;
      maxConcurrency?: number;
      toleratedFailureCount?: number;
      toleratedFailurePercentage?: number;
    }) {
      const { mapRunArn, ...changes } = input;
      store.mapRuns.set(mapRunArn, { ...find(mapRunArn), ...changes });
      return {};
    },
  };
}

function dates(record: MapRunRecord): { startDate: Date; stopDate?: Date } {
  return {
    startDate: new Date(record.startMillis),
    ...(record.stopMillis !== undefined && { stopDate: new Date(record.stopMillis) }),
  };
}

function count(
  record: MapRunRecord,
  children: readonly ExecutionRecord[],
  total: number,
  weight: (child: ExecutionRecord) => number,
): Record<string, number> {
  const counts: Record<string, number> = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
  let started = 0;
  for (const child of children) {
    const name = COUNT_OF_STATUS[child.status];
    counts[name] = (counts[name] ?? 0) + weight(child);
    started += weight(child);
  }
  return { ...counts, pending: Math.max(total - started, 0), total, resultsWritten: record.resultsWritten };
}
