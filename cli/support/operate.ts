import { InvokeCommand } from "@aws-sdk/client-lambda";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/** What the `operations` function answers (docs/contract.md). */
export type OperationAnswer = { readonly ok: true } & Readonly<Record<string, unknown>>;

/**
 * Orders something from the factory. A refusal is shown with its reason.
 *
 * @throws Failure with the factory's own message
 */
export async function operate(session: Session, request: Readonly<Record<string, unknown>>): Promise<OperationAnswer> {
  const requestedBy = process.env["MLOPS_USER"] ?? process.env["USER"] ?? "unknown";
  const answer = await session.lambda.send(
    new InvokeCommand({
      FunctionName: session.outputs.OperationsFunctionName,
      Payload: Buffer.from(JSON.stringify({ requestedBy, ...request })),
    }),
  );
  const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "{}") as Record<string, unknown>;
  if (answer.FunctionError !== undefined) {
    throw new Failure(`The factory failed on it: ${String(payload["errorType"])}: ${String(payload["errorMessage"])}`);
  }
  if (payload["ok"] !== true) {
    const error = payload["error"] as { code: string; message: string };
    throw new Failure(`${error.message} (${error.code})`);
  }
  return payload as OperationAnswer;
}
