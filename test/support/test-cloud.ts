import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud, CloudEvent, LocalService, ServiceFactory } from "../../local/kernel/cloud.ts";
import { createCloudCore } from "../../local/kernel/cloud-core.ts";
import { CloudLog, type LogLine } from "../../local/kernel/cloud-log.ts";
import type { EventSink } from "../../local/kernel/event-sink.ts";

/** A cloud without an HTTP server, for unit tests of single services. */
export interface TestCloud {
  readonly cloud: Cloud;
  /** Everything published while no service `events` runs. */
  readonly published: CloudEvent[];
  /** What was logged so far. */
  logged(): LogLine[];
  /** Where the state lives; give it to another createTestCloud to simulate a restart. */
  readonly stateDirectory: string;
  /** Stops the services, closes the tables and removes the directory, unless it was given by the caller. */
  stop(): Promise<void>;
}

/** Options of {@link createTestCloud}. */
export interface TestCloudOptions {
  /** Factories or ready services; inputs are validated against AWS's models as in the real cloud. */
  readonly services: readonly (ServiceFactory | LocalService)[];
  readonly stateDirectory?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Default `http://127.0.0.1:4566`; nothing listens there. */
  readonly endpoint?: string;
}

/** Makes and starts a cloud of the given services with state in a temporary directory. */
export async function createTestCloud(options: TestCloudOptions): Promise<TestCloud> {
  const stateDirectory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), "mlops-cloud-"));
  const log = new CloudLog(join(stateDirectory, `cloud-${randomUUID()}.log`));
  const published: CloudEvent[] = [];
  const recorder: EventSink = { id: "events", operations: {}, deliver: (event) => published.push(event) };
  const core = createCloudCore({
    stateDirectory,
    region: "us-east-1",
    accountId: "000000000000",
    log,
    ...(options.now ? { now: options.now } : {}),
  });
  const factories = options.services.map(
    (service): ServiceFactory => (typeof service === "function" ? service : () => service),
  );
  core.open(options.endpoint ?? "http://127.0.0.1:4566", [() => recorder, ...factories]);
  await core.start();
  return {
    cloud: core.cloud,
    published,
    stateDirectory,
    logged: () => log.tail(Number.MAX_SAFE_INTEGER),
    async stop() {
      await core.stop();
      log.flush();
      if (options.stateDirectory === undefined) rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
