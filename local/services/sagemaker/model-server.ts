import { Agent, request } from "node:http";
import type { SagemakerContext } from "./context.ts";
import { JobFailure } from "./errors.ts";
import { executionPrincipal, pullImage, writeInstanceMetrics } from "./execution-role.ts";
import { createLogWriter } from "./log-writer.ts";
import { unpackModel } from "./model-artifacts.ts";
import type { ModelRecord } from "./records.ts";

/** An HTTP answer of a container. */
export interface ContainerResponse {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly customAttributes: string | undefined;
  readonly body: Uint8Array;
}

/** A running model server. */
export interface ModelServer {
  /** Sends one request to /invocations. Rejects with ContainerUnavailable when there is no whole answer in time. */
  invoke(
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    timeoutMillis: number,
    signal?: AbortSignal,
  ): Promise<ContainerResponse>;
  /** Resolves when every request that was sent has its answer. */
  drained(): Promise<void>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** The container gave no answer. */
export class ContainerUnavailable extends Error {
  readonly reason: "timeout" | "connection";

  constructor(reason: "timeout" | "connection", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ContainerUnavailable";
    this.reason = reason;
  }
}

const STARTUP_TIMEOUT_MILLIS = 60_000;

/** `/aws/sagemaker/Endpoints` and `/aws/sagemaker/TransformJobs` hold logs and, as namespaces, the metrics of instances. */
const instanceNamespace = (logGroup: string): string => logGroup.split("/").slice(0, 4).join("/");

/**
 * Starts the model server of a model: unpacks its artifact, starts its container, waits until it listens.
 * Throws JobFailure with the last lines of the log when it does not come up.
 */
export async function startModelServer(
  context: SagemakerContext,
  model: ModelRecord,
  options: {
    readonly environment?: Readonly<Record<string, string>> | undefined;
    readonly logGroup: string;
    readonly logStream: string;
  },
): Promise<ModelServer> {
  const environment = { ...model.request.PrimaryContainer?.Environment, ...options.environment };
  const principal = executionPrincipal(model.request.ExecutionRoleArn);
  pullImage(context.cloud, principal, model.request.PrimaryContainer?.Image);
  writeInstanceMetrics(context.cloud, principal, instanceNamespace(options.logGroup));
  const [unpacked, container] = await settleBoth(
    unpackModel(context, model, environment),
    context.containers.take(environment),
  );
  const log = createLogWriter(context.cloud, options.logGroup, options.logStream, principal);
  container.onLine((line) => log.write(line));
  void container.exited.then(() => log.close());
  container.assign({
    kind: "serve",
    ...unpacked,
    environment: { ...context.containers.baseEnvironment(), ...environment },
  });
  const timer = setTimeout(() => container.kill(), STARTUP_TIMEOUT_MILLIS);
  const listening = await container.listening;
  clearTimeout(timer);
  if (!("port" in listening)) {
    throw new JobFailure(
      "ClientError",
      `The model server did not start: ${log.tail().slice(-3).join(" | ").slice(-600)}`,
    );
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 64, noDelay: true });
  let inFlight = 0;
  const idleListeners: (() => void)[] = [];
  return {
    async invoke(body, headers, timeoutMillis, signal) {
      inFlight += 1;
      try {
        return await send(agent, listening.port, body, headers, timeoutMillis, signal);
      } finally {
        inFlight -= 1;
        if (inFlight === 0) for (const listener of idleListeners.splice(0)) listener();
      }
    },
    drained: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => idleListeners.push(resolve))),
    exited: container.exited,
    async stop() {
      agent.destroy();
      container.kill();
      await container.exited;
    },
  };
}

/** Waits for the model and the container together; a container without a model is ended. */
async function settleBoth<A, B extends { kill(): void }>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === "rejected") {
    if (b.status === "fulfilled") b.value.kill();
    throw a.reason;
  }
  if (b.status === "rejected") throw b.reason;
  return [a.value, b.value];
}

function send(
  agent: Agent,
  port: number,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  timeoutMillis: number,
  signal: AbortSignal | undefined,
): Promise<ContainerResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        method: "POST",
        path: "/invocations",
        headers: { ...headers, "Content-Length": body.length },
        ...(signal ? { signal } : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", fail);
        response.once("end", () => {
          clearTimeout(timer);
          const attributes = response.headers["x-amzn-sagemaker-custom-attributes"];
          resolve({
            status: response.statusCode ?? 500,
            contentType: response.headers["content-type"],
            customAttributes: typeof attributes === "string" ? attributes : undefined,
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    const timer = setTimeout(() => {
      reject(new ContainerUnavailable("timeout", `no answer within ${timeoutMillis / 1_000} s`));
      outgoing.destroy();
    }, timeoutMillis);
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(new ContainerUnavailable("connection", error.message, { cause: error }));
    }
    outgoing.once("error", fail);
    outgoing.end(body);
  });
}
