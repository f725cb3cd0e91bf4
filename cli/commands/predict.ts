import { existsSync, readFileSync } from "node:fs";
import { InvokeEndpointCommand, type InvokeEndpointCommandOutput, ModelError } from "@aws-sdk/client-sagemaker-runtime";
import { endpointName, requireModel } from "../support/definitions.ts";
import { Failure } from "../support/failure.ts";
import { note, printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";

interface PredictOptions extends SessionOptions {
  readonly json: boolean;
  readonly data?: string;
  readonly file?: string;
  readonly variant?: string;
  readonly inferenceId?: string;
}

/** `mlops predict <model>`: sends rows to the live endpoint and prints the answer and the variant that gave it. */
export async function predict(model: string, options: PredictOptions): Promise<void> {
  const request = readRequest(options);
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  let answer: InvokeEndpointCommandOutput;
  try {
    answer = await session.runtime.send(
      new InvokeEndpointCommand({
        EndpointName: endpointName(session, model),
        ContentType: request.contentType,
        Accept: "application/json",
        Body: request.body,
        TargetVariant: options.variant,
        InferenceId: options.inferenceId,
      }),
    );
  } catch (error) {
    throw explain(error as Error, model);
  }
  const body = JSON.parse(Buffer.from(answer.Body ?? []).toString("utf8")) as { predictions: object[] };
  printResult(options.json, { variant: answer.InvokedProductionVariant ?? null, ...body }, () => {
    note(`answered by the ${answer.InvokedProductionVariant}`);
    return body.predictions.map((prediction) => JSON.stringify(prediction)).join("\n");
  });
}

function readRequest(options: PredictOptions): { contentType: string; body: string } {
  if ((options.data === undefined) === (options.file === undefined)) {
    throw new Failure(`Give either --data '{"<feature>": value, ...}' or --file rows.csv|rows.jsonl|request.json.`, 2);
  }
  if (options.file !== undefined) {
    if (!existsSync(options.file)) throw new Failure(`${options.file} does not exist.`, 2);
    const body = readFileSync(options.file, "utf8");
    if (options.file.endsWith(".csv")) return { contentType: "text/csv", body };
    if (options.file.endsWith(".jsonl")) return { contentType: "application/jsonlines", body };
    return { contentType: "application/json", body };
  }
  let data: unknown;
  try {
    data = JSON.parse(options.data ?? "");
  } catch (error) {
    throw new Failure(`--data is not JSON (${(error as Error).message}); write it as '{"<feature>": value, ...}'.`, 2);
  }
  const wrapped = data !== null && typeof data === "object" && "instances" in data;
  const instances = Array.isArray(data) ? data : [data];
  return { contentType: "application/json", body: JSON.stringify(wrapped ? data : { instances }) };
}

function explain(error: Error, model: string): Error {
  if (error instanceof ModelError) {
    const text = error.OriginalMessage ?? error.message;
    try {
      // SageMaker's inference toolkit puts a traceback behind the model's answer.
      const { error: refusal } = JSON.parse(text.split("\n")[0] ?? "") as {
        error: { row?: number; field?: string; message: string };
      };
      const place = [refusal.row === undefined ? "" : `row ${refusal.row}`, refusal.field ?? ""]
        .filter(Boolean)
        .join(", ");
      return new Failure(`The model refuses the request: ${place === "" ? "" : `${place}: `}${refusal.message}`);
    } catch {
      return new Failure(`The model failed (status ${error.OriginalStatusCode}): ${text}`);
    }
  }
  if (error.name === "ValidationError") {
    return new Failure(`${error.message} "npx mlops status ${model}" shows whether the model serves yet.`);
  }
  return error;
}
