import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { CreateTransformJobRequest } from "@aws-sdk/client-sagemaker";
import { JobFailure } from "./errors.ts";
import type { ModelServer } from "./model-server.ts";
import { type Batch, readBatches } from "./transform-batches.ts";
import type { Processing } from "./transform-processing.ts";

/** What the objects of one job have in common. */
export interface TransformSettings {
  readonly request: CreateTransformJobRequest;
  readonly processing: Processing;
  readonly concurrency: number;
  readonly maxPayloadBytes: number;
  readonly timeoutMillis: number;
  readonly maxRetries: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one file through the model and writes the assembled output to `target`. Answers keep the order of the records.
 * Throws JobFailure that names the object when the container refuses a request.
 */
export async function transformObject(
  server: ModelServer,
  settings: TransformSettings,
  path: string,
  name: string,
  target: string,
): Promise<void> {
  const { request, processing } = settings;
  const splitByLine = request.TransformInput?.SplitType === "Line";
  const byLine = request.TransformOutput?.AssembleWith === "Line";
  const output = createWriteStream(target);
  const opened = once(output, "open");
  await opened;
  const write = async (text: string | Uint8Array): Promise<void> => {
    if (!output.write(text)) await once(output, "drain");
  };
  const inFlight: { batch: Batch; answer: Promise<Uint8Array> }[] = [];
  async function drainOne(): Promise<void> {
    const next = inFlight.shift();
    if (!next) return;
    await write(assemble(processing, next.batch, await next.answer, splitByLine, byLine, name));
  }
  try {
    const batches = readBatches(path, name, {
      splitByLine,
      // MultiRecord is the default when lines are split.
      multiRecord: request.BatchStrategy !== "SingleRecord",
      maxPayloadBytes: settings.maxPayloadBytes,
      gzip: request.TransformInput?.CompressionType === "Gzip",
      toModel: processing.toModel,
    });
    for await (const batch of batches) {
      const answer = invoke(server, settings, batch.body, name);
      // A later answer may fail while an earlier one is awaited.
      answer.catch(() => undefined);
      inFlight.push({ batch, answer });
      if (inFlight.length >= settings.concurrency) await drainOne();
    }
    while (inFlight.length > 0) await drainOne();
  } finally {
    output.end();
    await once(output, "close");
  }
}

function assemble(
  processing: Processing,
  batch: Batch,
  answer: Uint8Array,
  splitByLine: boolean,
  byLine: boolean,
  name: string,
): string | Uint8Array {
  if (!processing.needsRecords) {
    if (!byLine) return answer;
    const text = Buffer.from(answer).toString("utf8");
    return text.endsWith("\n") ? text : `${text}\n`;
  }
  const text = Buffer.from(answer).toString("utf8");
  const answers = splitByLine ? text.replace(/\r?\n$/, "").split(/\r?\n/) : [text];
  if (answers.length !== batch.records.length) {
    throw new JobFailure(
      "ClientError",
      `${name}: the model answered ${answers.length} records to ${batch.records.length} input records, which cannot be joined`,
    );
  }
  const lines = batch.records.map((record, position) => processing.toOutput(record, answers[position] ?? ""));
  return byLine ? `${lines.join("\n")}\n` : lines.join("");
}

async function invoke(
  server: ModelServer,
  settings: TransformSettings,
  body: Uint8Array,
  name: string,
): Promise<Uint8Array> {
  const { TransformInput, TransformOutput } = settings.request;
  const headers = {
    ...(TransformInput?.ContentType ? { "Content-Type": TransformInput.ContentType } : {}),
    ...(TransformOutput?.Accept ? { Accept: TransformOutput.Accept } : {}),
  };
  for (let attempt = 0; ; attempt += 1) {
    const response = await server.invoke(body, headers, settings.timeoutMillis, settings.signal);
    if (response.status < 300) return response.body;
    if (response.status >= 500 && attempt < settings.maxRetries) continue;
    const text = Buffer.from(response.body).toString("utf8").split("\nTraceback")[0];
    const kind = response.status < 500 ? "ClientError" : "AlgorithmError";
    throw new JobFailure(kind, `${response.status}: ${name}: ${text?.trim().slice(0, 700)}`);
  }
}
