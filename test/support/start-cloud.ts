import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud, ServiceFactory } from "../../local/kernel/cloud.ts";
import { createCloud } from "../../local/kernel/create-cloud.ts";

/** A whole cloud on a random loopback port. */
export interface StartedCloud {
  readonly endpoint: string;
  readonly cloud: Cloud;
  readonly stateDirectory: string;
  /** Configuration for any AWS SDK v3 client: `new S3Client({ ...clientConfig, forcePathStyle: true })`. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** Stops the cloud; removes its state unless `keepState` is set, as for a restart. */
  stop(options?: { keepState?: boolean }): Promise<void>;
}

/** Starts all services (or the given ones) with state in a temporary directory, or in a given one for a restart. */
export async function startCloud(
  options: { stateDirectory?: string; factories?: readonly ServiceFactory[] } = {},
): Promise<StartedCloud> {
  const stateDirectory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), "mlops-cloud-"));
  const factories = options.factories ?? (await import("../../local/services/index.ts")).services;
  const running = await createCloud({ stateDirectory, port: 0, factories });
  return {
    endpoint: running.endpoint,
    cloud: running.cloud,
    stateDirectory,
    clientConfig: {
      endpoint: running.endpoint,
      region: running.cloud.region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    },
    async stop({ keepState = false } = {}) {
      await running.stop();
      if (!keepState) rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
