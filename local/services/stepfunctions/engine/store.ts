import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Cloud } from "../../../kernel/cloud.ts";
import type { DurableMap } from "../../../kernel/durable-map.ts";
import type { MachineDefinition } from "../asl/definition.ts";
import { Journal } from "./journal.ts";
import type { ExecutionRecord, HistoryEvent, MachineRecord, MapRunRecord, RevisionRecord } from "./records.ts";

/** Everything that the service keeps on disk. */
export interface Store {
  readonly machines: DurableMap<MachineRecord>;
  readonly revisions: DurableMap<RevisionRecord>;
  readonly executions: DurableMap<ExecutionRecord>;
  readonly mapRuns: DurableMap<MapRunRecord>;
  /** ARNs of the executions of a machine (or of a Map's child machine), in order of start. */
  executionsOf(machineArn: string): readonly string[];
  /** ARNs of the child executions of a Map run. */
  childrenOf(mapRunArn: string): readonly string[];
  addExecution(record: ExecutionRecord): void;
  journal(executionArn: string): Journal;
  /** History of an execution that has ended (the last few are kept in memory). */
  history(executionArn: string): readonly HistoryEvent[];
  definition(revisionId: string): MachineDefinition;
  /** Removes executions that ended longer ago than AWS keeps them. */
  removeExpired(nowMillis: number): void;
}

/** How long an execution is kept after its end: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const RETENTION_MILLIS = 90 * 24 * 3_600_000;

const MAX_CACHED_HISTORIES = 32;

/** Opens the tables and the folder of journals. */
export function openStore(cloud: Cloud): Store {
  const folder = cloud.directory("stepfunctions");
  const executions = cloud.table<ExecutionRecord>("stepfunctions", "executions");
  const revisions = cloud.table<RevisionRecord>("stepfunctions", "revisions");
  const byMachine = new Map<string, string[]>();
  const byMapRun = new Map<string, string[]>();
  const index = (record: ExecutionRecord) => {
    push(byMachine, record.machineArn, record.arn);
    if (record.mapRunArn !== undefined) push(byMapRun, record.mapRunArn, record.arn);
  };
  for (const record of executions.values()) index(record);
  const histories = new Map<string, HistoryEvent[]>();
  const definitions = new Map<string, MachineDefinition>();

  const store: Store = {
    machines: cloud.table<MachineRecord>("stepfunctions", "machines"),
    revisions,
    executions,
    mapRuns: cloud.table<MapRunRecord>("stepfunctions", "map-runs"),
    executionsOf: (machineArn) => byMachine.get(machineArn) ?? [],
    childrenOf: (mapRunArn) => byMapRun.get(mapRunArn) ?? [],
    addExecution(record) {
      executions.set(record.arn, record);
      index(record);
    },
    journal(executionArn) {
      const name = createHash("sha256").update(executionArn).digest("hex").slice(0, 40);
      return new Journal(join(folder, "executions", name.slice(0, 2), `${name}.jsonl`));
    },
    history(executionArn) {
      const cached = histories.get(executionArn);
      if (cached !== undefined) return cached;
      const { events } = store.journal(executionArn).read();
      histories.set(executionArn, events);
      const oldest = histories.keys().next().value;
      if (histories.size > MAX_CACHED_HISTORIES && oldest !== undefined) histories.delete(oldest);
      return events;
    },
    definition(revisionId) {
      const known = definitions.get(revisionId);
      if (known !== undefined) return known;
      const parsed = JSON.parse(revisions.get(revisionId)?.definition ?? "{}") as MachineDefinition;
      definitions.set(revisionId, parsed);
      return parsed;
    },
    removeExpired(nowMillis) {
      const expired = [...executions.values()].filter(
        (each) => (each.stopMillis ?? nowMillis) < nowMillis - RETENTION_MILLIS,
      );
      for (const record of expired) {
        store.journal(record.arn).remove();
        executions.delete(record.arn);
        remove(byMachine, record.machineArn, record.arn);
        if (record.mapRunArn !== undefined) remove(byMapRun, record.mapRunArn, record.arn);
      }
    },
  };
  return store;
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function remove(lists: Map<string, string[]>, key: string, value: string): void {
  const kept = (lists.get(key) ?? []).filter((each) => each !== value);
  if (kept.length === 0) lists.delete(key);
  else lists.set(key, kept);
}
