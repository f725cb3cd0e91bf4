import { AwsError } from "../../../kernel/aws-error.ts";
import { queryLanguage, type State } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import type { StateWork } from "../engine/context.ts";
import { applyInputPath, evaluate, scopeOf } from "../engine/data-flow.ts";
import type { ExecutionRecord } from "../engine/records.ts";

/** A child execution with what it got and gave, as texts. */
export interface ChildResult {
  readonly record: ExecutionRecord;
  readonly input: string;
  readonly output: string | undefined;
}

/**
 * Writes what the children of a distributed Map did to S3: `manifest.json` and one file per status, under
 * `<Prefix>/<map run id>/`. Gives the state's result. Throws States.ResultWriterFailed.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export async function writeResults(
  work: StateWork,
  state: State,
  mapRunArn: string,
  children: readonly ChildResult[],
): Promise<Json> {
  const writer = state.ResultWriter ?? {};
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  const args = await evaluate(language, writer.Parameters ?? writer.Arguments ?? {}, "ResultWriter", inner);
  const parameters = isObject(args) ? args : {};
  const bucket = String(parameters["Bucket"] ?? "");
  const prefix = typeof parameters["Prefix"] === "string" ? `${parameters["Prefix"].replace(/\/$/, "")}/` : "";
  const folder = `${prefix}${mapRunArn.split(":").pop()}`;
  const files: Record<string, JsonObject[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const [status, list] of Object.entries(groupByStatus(children))) {
    if (list.length === 0) continue;
    const lines = writer.WriterConfig?.["OutputType"] === "JSONL";
    const items = transform(list, writer.WriterConfig?.["Transformation"]);
    const body = lines ? items.map((item) => JSON.stringify(item)).join("\n") : JSON.stringify(items);
    const key = `${folder}/${status}_0.${lines ? "jsonl" : "json"}`;
    await put(work, bucket, key, body);
    files[status]?.push({ Key: key, Size: Buffer.byteLength(body) });
  }
  const manifestKey = `${folder}/manifest.json`;
  const manifest = { DestinationBucket: bucket, MapRunArn: mapRunArn, ResultFiles: files };
  await put(work, bucket, manifestKey, JSON.stringify(manifest));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: bucket, Key: manifestKey } };
}

/** The results of children as `Transformation` shapes them: whole executions, their outputs, or their outputs with lists flattened. */
export function transform(children: readonly ChildResult[], transformation: Json | undefined): Json[] {
  if (transformation === undefined || transformation === "NONE") return children.map(executionItem);
  const outputs = children.map((child) => (child.output === undefined ? null : (JSON.parse(child.output) as Json)));
  return transformation === "FLATTEN" ? outputs.flat() : outputs;
}

function groupByStatus(children: readonly ChildResult[]): Record<"SUCCEEDED" | "FAILED", ChildResult[]> {
  const groups: Record<"SUCCEEDED" | "FAILED", ChildResult[]> = { SUCCEEDED: [], FAILED: [] };
  for (const child of children) groups[child.record.status === "SUCCEEDED" ? "SUCCEEDED" : "FAILED"].push(child);
  return groups;
}

function executionItem({ record, input, output }: ChildResult): Json {
  return {
    ExecutionArn: record.arn,
    Input: input,
    InputDetails: { Included: true },
    Name: record.name,
    ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
    ...(record.error !== undefined && { Error: record.error }),
    ...(record.cause !== undefined && { Cause: record.cause }),
    StartDate: new Date(record.startMillis).toISOString(),
    StateMachineArn: record.machineArn,
    Status: record.status,
    StopDate: new Date(record.stopMillis ?? record.startMillis).toISOString(),
  };
}

async function put(work: StateWork, bucket: string, key: string, body: string): Promise<void> {
  const { cloud, principal } = work.engine.integrationContext(work.run);
  const input = { Bucket: bucket, Key: key, Body: Buffer.from(body), ContentType: "application/json" };
  try {
    await cloud.call("s3", "PutObject", input, principal);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StateError("States.ResultWriterFailed", `${error.message} (Service: S3, Error Code: ${error.code})`);
  }
}
