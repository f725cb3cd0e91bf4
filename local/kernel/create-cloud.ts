import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Authorizer, setAuthorizer } from "./authorization.ts";
import type { Cloud, LocalService, ServiceFactory } from "./cloud.ts";
import { createCloudCore } from "./cloud-core.ts";
import { CloudLog } from "./cloud-log.ts";
import { createHttpServer } from "./http-server.ts";
import { serveProofRoutes } from "./proof/proof-routes.ts";

/** How a cloud is made. */
export interface CreateCloudOptions {
  /** Absolute path; everything that must survive a restart lives below it. */
  readonly stateDirectory: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Default `127.0.0.1`. The cloud has no authentication: never bind it to a public address. */
  readonly host?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Default `000000000000`. */
  readonly accountId?: string;
  readonly factories: readonly ServiceFactory[];
  /** Makes what looks at every call before it is made; without one everything is allowed. */
  readonly authorizer?: (cloud: Cloud) => Authorizer;
  /** Milliseconds since the epoch, for tests. Default: the system's clock. */
  readonly now?: () => number;
}

/** A cloud whose port is bound and whose services have started. */
export interface RunningCloud {
  readonly cloud: Cloud;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  readonly log: CloudLog;
  readonly services: ReadonlyMap<string, LocalService>;
  /** Refuses new connections, stops the services, closes the tables. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a cloud on one loopback port. Rejects with the system's error (`EADDRINUSE`) when the port is taken, and with a
 * service's error when it cannot start.
 */
export async function createCloud(options: CreateCloudOptions): Promise<RunningCloud> {
  const host = options.host ?? "127.0.0.1";
  const log = new CloudLog(join(options.stateDirectory, "cloud.log"));
  const core = createCloudCore({
    stateDirectory: options.stateDirectory,
    region: options.region ?? "us-east-1",
    accountId: options.accountId ?? "000000000000",
    log,
    ...(options.now ? { now: options.now } : {}),
  });
  if (options.authorizer) setAuthorizer(core.cloud, options.authorizer(core.cloud));
  const server = createHttpServer(core);
  serveProofRoutes(core.cloud);
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      try {
        // In the same turn as the bind: no request can arrive before the services exist.
        core.open(`http://${host}:${bound}`, options.factories);
        resolve(bound);
      } catch (error) {
        server.close();
        reject(error);
      }
    });
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    try {
      await core.stop();
    } finally {
      server.closeAllConnections();
      await closed;
      log.flush();
    }
  };
  const running: RunningCloud = {
    cloud: core.cloud,
    endpoint: `http://${host}:${port}`,
    port,
    log,
    services: core.services,
    stop: () => (stopped ??= stop()),
  };
  try {
    await core.start();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}
