import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Operation } from "../../../kernel/cloud.ts";
import type { AsyncQueue } from "../async/async-queue.ts";
import { unsupported } from "../errors.ts";
import { parseFunctionName } from "../function-name.ts";
import type { FunctionStore } from "../function-store.ts";
import type { Executor } from "../runtime/executor.ts";

/** The largest synchronous request, 6 MiB. */
const MAX_SYNC_BYTES = 6_291_456;
/** The largest asynchronous event, 1 MiB (256 KiB until October 2025). */
const MAX_ASYNC_BYTES = 1_048_576;

function checkedPayload(payload: Uint8Array | undefined, maxBytes: number): string {
  const bytes = payload ?? new Uint8Array();
  if (bytes.length > maxBytes) {
    const message = `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestTooLargeException", 413, message, { Type: "User" });
  }
  const text =
    bytes.length === 0
      ? "{}"
      : Buffer.from(bytes)
          .toString("utf8")
          .replace(/^\ufeff/, "");
  try {
    JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidRequestContentException", 400, `Could not parse request body into json: ${detail}`, {
      Type: "User",
    });
  }
  return text;
}

/** The Invoke operation: synchronous, asynchronous and dry run. */
export function invokeOperation(store: FunctionStore, executor: Executor, queue: AsyncQueue): Operation {
  return async (input) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    if (input.TenantId !== undefined) throw unsupported("TenantId");
    if (input.DurableExecutionName !== undefined) throw unsupported("DurableExecutionName");
    const fn = store.find(name, qualifier);
    const type: string = input.InvocationType ?? "RequestResponse";
    const payload = checkedPayload(input.Payload, type === "Event" ? MAX_ASYNC_BYTES : MAX_SYNC_BYTES);
    if (type === "DryRun") return { StatusCode: 204 };
    const requestId = randomUUID();
    const clientContext =
      input.ClientContext === undefined ? undefined : Buffer.from(input.ClientContext, "base64").toString("utf8");
    if (type === "Event") {
      queue.accept(fn, { requestId, qualifier, payload, clientContext });
      return { StatusCode: 202 };
    }
    const outcome = await executor.invoke(fn, Buffer.from(payload), { requestId, clientContext, qualifier });
    return {
      StatusCode: 200,
      FunctionError: outcome.functionError,
      LogResult: input.LogType === "Tail" ? Buffer.from(await outcome.logTail()).toString("base64") : undefined,
      ExecutedVersion: outcome.executedVersion,
      Payload: outcome.payload,
    };
  };
}
