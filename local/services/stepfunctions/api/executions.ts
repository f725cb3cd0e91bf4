import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Operation } from "../../../kernel/cloud.ts";
import { MAX_PAYLOAD_BYTES } from "../engine/data-flow.ts";
import { inputText, outputText } from "../engine/endings.ts";
import { type ExecutionEngine, inputHash } from "../engine/engine.ts";
import type { ExecutionRecord } from "../engine/records.ts";
import type { Store } from "../engine/store.ts";
import { checkName, invalidArn, noExecution, noResource, unsupported, validation } from "./errors.ts";
import { machineOf } from "./machines.ts";
import { keyedPage } from "./page.ts";

const EXECUTION_ARN = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/** The execution of an ARN. Throws InvalidArn or ExecutionDoesNotExist. */
export function executionOf(engine: ExecutionEngine, arn: string): ExecutionRecord {
  if (!EXECUTION_ARN.test(arn)) throw invalidArn(arn);
  const record = engine.execution(arn);
  if (record === undefined) throw noExecution(arn);
  return record;
}

/** Operations on executions. */
export function executionOperations(store: Store, engine: ExecutionEngine): Record<string, Operation> {
  return {
    StartExecution(input: { stateMachineArn: string; name?: string; input?: string; traceHeader?: string }) {
      const machine = machineOf(store, input.stateMachineArn);
      const text = checkInput(input.input ?? "{}");
      const name = checkName(input.name ?? randomUUID());
      const arn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
      const known = engine.execution(arn);
      if (known !== undefined) {
        if (known.status === "RUNNING" && known.inputSha256 === inputHash(text)) {
          return { executionArn: arn, startDate: new Date(known.startMillis) };
        }
        throw new AwsError("ExecutionAlreadyExists", 400, `Execution Already Exists: '${arn}'`);
      }
      const record = engine.start({
        arn,
        name,
        machineArn: machine.arn,
        revisionId: machine.revisionId,
        workflowPath: [],
        input: text,
        ...(input.traceHeader !== undefined && { traceHeader: input.traceHeader }),
      });
      return { executionArn: arn, startDate: new Date(record.startMillis) };
    },

    StartSyncExecution(input: { stateMachineArn: string }) {
      const machine = machineOf(store, input.stateMachineArn);
      throw new AwsError(
        "StateMachineTypeNotSupported",
        400,
        `This operation is not supported by this type of state machine (${machine.type}); EXPRESS machines do not exist in the local Step Functions`,
      );
    },

    async StopExecution(input: { executionArn: string; error?: string; cause?: string }) {
      const record = executionOf(engine, input.executionArn);
      if (record.status !== "RUNNING") {
        throw validation(`The execution '${record.arn}' is already in a terminal state (${record.status})`);
      }
      await engine.abort(record.arn, input.error, input.cause);
      const ended = engine.execution(record.arn) ?? record;
      return { stopDate: new Date(ended.stopMillis ?? engine.cloud.now()) };
    },

    DescribeExecution(input: { executionArn: string }) {
      const record = executionOf(engine, input.executionArn);
      const events = engine.history(record.arn);
      const output = record.status === "SUCCEEDED" ? outputText(events) : undefined;
      return {
        ...listed(record),
        input: inputText(events),
        inputDetails: { included: true },
        ...(output !== undefined && { output, outputDetails: { included: true } }),
        ...(record.error !== undefined && { error: record.error }),
        ...(record.cause !== undefined && { cause: record.cause }),
        ...(record.traceHeader !== undefined && { traceHeader: record.traceHeader }),
        redriveStatus: "NOT_REDRIVABLE",
        redriveStatusReason:
          record.status === "RUNNING" || record.status === "SUCCEEDED"
            ? `Execution is ${record.status} and cannot be redriven`
            : "Redrive is not supported by the local Step Functions",
      };
    },

    ListExecutions(input: {
      stateMachineArn?: string;
      mapRunArn?: string;
      statusFilter?: string;
      redriveFilter?: string;
      maxResults?: number;
      nextToken?: string;
    }) {
      if ((input.stateMachineArn === undefined) === (input.mapRunArn === undefined)) {
        throw validation("Exactly one of stateMachineArn and mapRunArn is required");
      }
      if (input.redriveFilter === "REDRIVEN") return { executions: [] };
      const arns =
        input.mapRunArn === undefined
          ? store.executionsOf(machineOf(store, input.stateMachineArn ?? "").arn)
          : childArns(store, input.mapRunArn);
      const all: ExecutionRecord[] = [];
      for (let at = arns.length - 1; at >= 0; at -= 1) {
        const record = engine.execution(arns[at] ?? "");
        if (record === undefined) continue;
        if (input.statusFilter === undefined || input.statusFilter === record.status) all.push(record);
      }
      const page = keyedPage(all, (record) => record.arn, input.maxResults, input.nextToken);
      return { executions: page.items.map(listed), nextToken: page.nextToken };
    },

    RedriveExecution() {
      throw unsupported("RedriveExecution");
    },
  };
}

function childArns(store: Store, mapRunArn: string): readonly string[] {
  if (store.mapRuns.get(mapRunArn) === undefined) throw noResource(mapRunArn);
  return store.childrenOf(mapRunArn);
}

function listed(record: ExecutionRecord): object {
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    name: record.name,
    status: record.status,
    startDate: new Date(record.startMillis),
    ...(record.stopMillis !== undefined && { stopDate: new Date(record.stopMillis) }),
    ...(record.mapRunArn !== undefined && { mapRunArn: record.mapRunArn }),
    ...(record.itemCount !== undefined && { itemCount: record.itemCount }),
    redriveCount: 0,
  };
}

function checkInput(text: string): string {
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) {
    throw new AwsError(
      "InvalidExecutionInput",
      400,
      `Invalid State Machine Execution Input: larger than ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
  try {
    JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidExecutionInput", 400, `Invalid State Machine Execution Input: '${problem}'`);
  }
  return text;
}
