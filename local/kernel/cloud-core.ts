import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { authorize } from "./authorization.ts";
import { AwsError } from "./aws-error.ts";
import type { Cloud, LocalService, Principal, ServiceFactory } from "./cloud.ts";
import type { CloudLog } from "./cloud-log.ts";
import { DurableMap } from "./durable-map.ts";
import { toAwsError } from "./error-code.ts";
import type { EventSink } from "./event-sink.ts";
import { interceptCall } from "./intercept-call.ts";
import { loadModel } from "./model.ts";
import { proofOf } from "./proof/proof-ledger.ts";
import { validateInput } from "./validate.ts";

/** What a cloud is made of. */
export interface CloudCoreOptions {
  readonly stateDirectory: string;
  readonly region: string;
  readonly accountId: string;
  readonly log: CloudLog;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

/** The cloud without its HTTP server: services, durable tables, calls between services. */
export interface CloudCore {
  readonly cloud: Cloud;
  readonly services: ReadonlyMap<string, LocalService>;
  /** Aborted when the cloud stops. */
  readonly stopping: AbortSignal;
  /** Makes the services; the endpoint is known from here on. */
  open(endpoint: string, factories: readonly ServiceFactory[]): void;
  /** Runs every service's `start`. */
  start(): Promise<void>;
  /** Runs every service's `stop`, then closes the tables. */
  stop(): Promise<void>;
}

/** Makes a cloud core; see {@link CloudCore}. */
export function createCloudCore(options: CloudCoreOptions): CloudCore {
  const { region, accountId, log } = options;
  const now = options.now ?? Date.now;
  const services = new Map<string, LocalService>();
  const tables = new Map<string, DurableMap<unknown>>();
  const stopping = new AbortController();
  const serviceInternal: Principal = { arn: "service" };
  let endpoint: string | undefined;

  const cloud: Cloud = {
    region,
    accountId,
    partition: partitionOf(region),
    now,
    endpoint() {
      if (endpoint === undefined) throw new Error("the cloud's port is not bound yet");
      return endpoint;
    },
    directory(service) {
      const path = join(options.stateDirectory, service);
      mkdirSync(path, { recursive: true });
      return path;
    },
    table<V>(service: string, name: string): DurableMap<V> {
      const path = join(options.stateDirectory, service, "tables", `${name}.jsonl`);
      let table = tables.get(path);
      if (!table) {
        table = new DurableMap<unknown>(path);
        tables.set(path, table);
      }
      return table as DurableMap<V>;
    },
    async call(service, operation, input, principal = serviceInternal) {
      const context = { principal, requestId: randomUUID(), signal: stopping.signal };
      return await invoke(cloud, services, service, operation, input, context);
    },
    service<S extends LocalService>(id: string): S {
      const service = services.get(id);
      if (!service) throw new Error(`the local cloud runs without the service '${id}'`);
      return service as S;
    },
    publish(event) {
      proofOf(cloud)?.event(event);
      const sink = services.get("events") as EventSink | undefined;
      if (!sink) {
        cloud.log("kernel", "event dropped: the service 'events' does not run", { source: event.source });
        return;
      }
      sink.deliver({
        version: "0",
        id: randomUUID(),
        "detail-type": event.detailType,
        source: event.source,
        account: accountId,
        // EventBridge tells the time in whole seconds.
        time: new Date(event.time ?? now()).toISOString().replace(/\.\d{3}Z$/, "Z"),
        region,
        resources: event.resources ?? [],
        detail: event.detail,
      });
    },
    log(service, message, fields) {
      log.append({ time: new Date(now()).toISOString(), service, message, ...(fields ? { fields } : {}) });
    },
  };

  return {
    cloud,
    services,
    stopping: stopping.signal,
    open(url, factories) {
      endpoint = url;
      for (const factory of factories) {
        const service = factory(cloud);
        services.set(service.id, service);
      }
    },
    async start() {
      await Promise.all([...services.values()].map((service) => service.start?.()));
    },
    async stop() {
      stopping.abort();
      const results = await Promise.allSettled([...services.values()].map((service) => service.stop?.()));
      for (const table of tables.values()) table.close();
      const failed = results.filter((result) => result.status === "rejected").map((result) => result.reason as Error);
      if (failed.length > 0) throw new AggregateError(failed, "services failed to stop");
    },
  };
}

/**
 * Validates the input, asks whether the principal may make the call, and runs the operation. Throws AwsError:
 * `UnknownOperationException` names an operation that the model has but no service implements, or a service that does not run.
 */
export async function invoke(
  cloud: Cloud,
  services: ReadonlyMap<string, LocalService>,
  serviceId: string,
  operation: string,
  input: object,
  context: Parameters<LocalService["operations"][string]>[1],
): Promise<object> {
  const service = services.get(serviceId);
  const implementation =
    service && Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined;
  if (!implementation) {
    const reason = service ? `does not support the operation '${operation}'` : "is not running";
    throw new AwsError("UnknownOperationException", 400, `${serviceId}: the service ${reason} in the local cloud`);
  }
  try {
    const validated = validate(cloud, serviceId, operation, input);
    authorize(cloud, { service: serviceId, operation, input: validated, principal: context.principal });
    return await interceptCall(cloud, { service: serviceId, operation, input: validated, context }, () =>
      implementation(validated, context),
    );
  } catch (error) {
    throw toAwsError(error);
  }
}

function validate(cloud: Cloud, service: string, operation: string, input: object): object {
  try {
    return validateInput(loadModel(service), operation, input);
  } catch (error) {
    proofOf(cloud)?.refusedRequest(service, operation, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
