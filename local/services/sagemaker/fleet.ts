import { type SagemakerContext, SERVICE } from "./context.ts";
import { JobFailure } from "./errors.ts";
import { findModel } from "./model-operations.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";
import { throwPlannedFailure } from "./planned-failure.ts";
import type { VariantRecord } from "./records.ts";

/** A variant that serves. The weight may be changed while it does. */
export interface LiveVariant {
  readonly name: string;
  weight: number;
  server: ModelServer;
}

/** The running variants of one endpoint configuration. */
export interface Fleet {
  readonly configName: string;
  readonly variants: readonly LiveVariant[];
  /** Ends the containers after the requests that they have; nothing may be routed to the fleet any more. */
  retire(): Promise<void>;
  /** Ends the containers at once. */
  stop(): Promise<void>;
}

const RESTART_DELAY_MILLIS = 1_000;

/** The log group of an endpoint's containers. */
export function endpointLogGroup(endpointName: string): string {
  return `/aws/sagemaker/Endpoints/${endpointName}`;
}

/**
 * Starts a model server for every variant; all of them or none. A container that ends later is started again.
 * Throws JobFailure that names the variant.
 */
export async function startFleet(
  context: SagemakerContext,
  endpointName: string,
  configName: string,
  records: readonly VariantRecord[],
): Promise<Fleet> {
  let stopped = false;
  throwPlannedFailure(context.cloud, "RunEndpoint", { EndpointName: endpointName, EndpointConfigName: configName });

  async function start(record: VariantRecord): Promise<ModelServer> {
    const instance = `i-${Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(17, "0")}`;
    return await startModelServer(context, findModel(context, record.modelName), {
      logGroup: endpointLogGroup(endpointName),
      logStream: `${record.name}/${instance}`,
    });
  }

  async function supervise(variant: LiveVariant, record: VariantRecord): Promise<void> {
    for (;;) {
      await variant.server.exited;
      if (stopped) return;
      context.cloud.log(SERVICE, "a container ended and is started again", { endpointName, variant: record.name });
      for (let isUp = false; !isUp && !stopped; ) {
        await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MILLIS).unref());
        try {
          variant.server = await start(record);
          isUp = true;
        } catch (error) {
          context.cloud.log(SERVICE, `container not started: ${(error as Error).message}`, { endpointName });
        }
      }
      if (stopped) return await variant.server.stop();
    }
  }

  const results = await Promise.allSettled(records.map(start));
  const failedAt = results.findIndex((result) => result.status === "rejected");
  if (failedAt >= 0) {
    await Promise.all(results.map((result) => (result.status === "fulfilled" ? result.value.stop() : undefined)));
    throw startFailure(records[failedAt]?.name ?? "", (results[failedAt] as PromiseRejectedResult).reason);
  }
  const variants = records.map((record, position): LiveVariant => {
    const server = (results[position] as PromiseFulfilledResult<ModelServer>).value;
    return { name: record.name, weight: record.weight, server };
  });
  variants.forEach((variant, position) => {
    const record = records[position];
    if (record) void supervise(variant, record);
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(variants.map((variant) => variant.server.stop()));
  };
  return {
    configName,
    variants,
    async retire() {
      await Promise.all(variants.map((variant) => variant.server.drained()));
      await stop();
    },
    stop,
  };
}

/** SageMaker's sentence for a container that does not come up, and the reason. */
function startFailure(variant: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new JobFailure(
    null,
    `The primary container for production variant ${variant} did not pass the ping health check. Please check CloudWatch logs for this endpoint. (${reason})`,
  );
}
