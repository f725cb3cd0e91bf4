import { resolve } from "node:path";
import { deployAssembly } from "../deployer/index.ts";
import { guardCloud } from "../iam/guard-cloud.ts";
import type { ServiceFactory } from "../kernel/cloud.ts";
import { createCloud, type RunningCloud } from "../kernel/create-cloud.ts";
import { type LocalFile, removeLocalFile, writeLocalFile } from "./local-file.ts";
import { type ServerState, serveLocalRoutes } from "./local-routes.ts";
import { lockState } from "./state-lock.ts";

/** How the local cloud's process runs. */
export interface ServerOptions {
  readonly port: number;
  readonly stateDirectory: string;
  /** A cloud assembly (`cdk.out`) to deploy; without one the cloud starts with what its state holds. */
  readonly templateDirectory?: string | undefined;
  readonly stackName?: string | undefined;
  readonly region: string;
  readonly accountId: string;
  readonly factories: readonly ServiceFactory[];
  /** Whether calls that AWS would refuse for want of a permission are refused here; otherwise they are only recorded. */
  readonly enforceIam?: boolean;
  /** One line of progress for people. */
  readonly print: (line: string) => void;
}

/** A server that is ready; `stop` ends it and may be called twice. */
export interface RunningServer {
  readonly file: LocalFile;
  stop(): Promise<void>;
}

/**
 * Locks the state, starts the cloud, deploys the assembly unless exactly it is deployed already, and writes
 * `<state>/local.json`. Whatever fails, nothing is left running and the lock is given back.
 *
 * @throws StateLockedError, PortTakenError, DeployError
 */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  const stateDirectory = resolve(options.stateDirectory);
  const unlock = lockState(stateDirectory);
  let running: RunningCloud | undefined;
  const shutDown = async (): Promise<void> => {
    try {
      await running?.stop();
    } finally {
      removeLocalFile(stateDirectory);
      unlock();
    }
  };
  try {
    running = await bind(options, stateDirectory);
    const { cloud, endpoint } = running;
    const base: LocalFile = {
      endpoint,
      region: cloud.region,
      accountId: cloud.accountId,
      pid: process.pid,
      startedAt: new Date().toISOString(),
      outputs: {},
    };
    const state: ServerState = { phase: "deploying", file: base };
    serveLocalRoutes(running, state);
    options.print(`local cloud listens on ${endpoint}`);
    if (options.templateDirectory !== undefined) {
      state.file = { ...base, ...(await deploy(running, options, options.templateDirectory)) };
    }
    writeLocalFile(stateDirectory, state.file);
    state.phase = "ready";
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      state.phase = "stopping";
      stopped ??= shutDown();
      return stopped;
    };
    return { file: state.file, stop };
  } catch (error) {
    await shutDown();
    throw error;
  }
}

/** The port belongs to another process. */
export class PortTakenError extends Error {
  constructor(port: number, cause: unknown) {
    super(`port ${port} on 127.0.0.1 is taken by another process; choose another one with --port`, { cause });
    this.name = "PortTakenError";
  }
}

async function bind(options: ServerOptions, stateDirectory: string): Promise<RunningCloud> {
  const { port, region, accountId, factories, enforceIam } = options;
  try {
    return await createCloud({
      stateDirectory,
      port,
      region,
      accountId,
      factories,
      authorizer: guardCloud({ enforce: enforceIam ?? false }),
    });
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw taken ? new PortTakenError(port, error) : error;
  }
}

async function deploy(running: RunningCloud, options: ServerOptions, directory: string) {
  const started = performance.now();
  const { stackName, outputs, changed } = await deployAssembly(running.cloud, directory, {
    ...(options.stackName === undefined ? {} : { stackName: options.stackName }),
    onProgress: ({ logicalId, type, status, reason }) => {
      running.cloud.log("cloudformation", `${logicalId} ${status}`, { type, ...(reason ? { reason } : {}) });
      if (status.endsWith("_FAILED")) options.print(`${type} ${logicalId}: ${status} ${reason ?? ""}`);
    },
  });
  const millis = Math.round(performance.now() - started);
  options.print(changed ? `stack ${stackName} deployed in ${millis} ms` : `stack ${stackName} is unchanged`);
  return { stackName, outputs };
}
