import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { endpointName } from "../support/definitions.ts";
import type { DemoContext } from "./context.ts";

/** Raw fields of one row, by name. */
export type Instance = Record<string, string | number | null>;

/** Calls at a time while traffic is replayed. */
const CONCURRENCY = 8;

/** Asks the endpoint for one prediction with the plain AWS SDK. */
export async function predictOne(
  context: DemoContext,
  instance: Instance,
  inferenceId?: string,
): Promise<{ prediction: Record<string, unknown>; variant: string | null }> {
  const answer = await context.session.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: endpointName(context.session, context.model),
      ContentType: "application/json",
      Accept: "application/json",
      Body: JSON.stringify({ instances: [instance] }),
      InferenceId: inferenceId,
    }),
  );
  const body = JSON.parse(Buffer.from(answer.Body ?? []).toString("utf8")) as {
    predictions: Array<Record<string, unknown>>;
  };
  return { prediction: body.predictions[0] ?? {}, variant: answer.InvokedProductionVariant ?? null };
}

/** Sends rows as live traffic, one a request, and counts which variant answered. */
export async function replay(context: DemoContext, instances: readonly Instance[]): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  let next = 0;
  const worker = async () => {
    while (next < instances.length) {
      const index = next++;
      const instance = instances[index];
      if (instance === undefined) return;
      const { variant } = await predictOne(context, instance);
      answers[variant ?? "?"] = (answers[variant ?? "?"] ?? 0) + 1;
      if (index % 500 === 0) context.progress.update(`${index} of ${instances.length} requests`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return answers;
}
