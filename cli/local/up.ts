import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../support/failure.ts";
import { type LocalCloudInfo, runningLocalCloud } from "../support/local-cloud.ts";
import { printResult } from "../support/print.ts";
import { createProgress, type Progress } from "../support/progress.ts";
import { PACKAGE_ROOT } from "../support/project.ts";
import { table } from "../support/table.ts";
import { ensureAssembly } from "./assembly.ts";
import { stateDirectory } from "./control.ts";

/** How long the deployment may take; custom resources run real code. */
const READY_TIMEOUT_MILLIS = 120_000;

/** What `startLocalCloud` did, with its times in seconds. */
export interface StartedCloud {
  readonly info: LocalCloudInfo;
  readonly synthSeconds: number;
  readonly synthCached: boolean;
  /** From the start of the cloud's process to the deployed stack. */
  readonly readySeconds: number;
}

/** How to start a local cloud. */
export interface StartOptions {
  readonly state: string;
  readonly port: number;
  readonly stage: string;
  readonly models?: string | undefined;
  /** Refuses calls that AWS would refuse for want of a permission. */
  readonly enforceIam?: boolean | undefined;
}

/**
 * Synthesizes (or finds) the stack and starts a cloud in a process of its own that has deployed it.
 *
 * @throws Failure when one runs already, the port is taken, or the deployment fails
 */
export async function startLocalCloud(options: StartOptions, progress: Progress): Promise<StartedCloud> {
  const running = runningLocalCloud(options.state);
  if (running !== undefined) {
    throw new Failure(
      `A local cloud runs already at ${running.endpoint} (process ${running.pid}). "npx mlops local down" stops it.`,
    );
  }
  progress.step("synthesize the stack");
  const assembly = await ensureAssembly({ stage: options.stage, modelsDirectory: options.models });
  progress.done(assembly.cached ? "unchanged" : "new");
  progress.step("start the local cloud and deploy");
  const startedAt = performance.now();
  const info = await launch(options, assembly.directory);
  const readySeconds = (performance.now() - startedAt) / 1000;
  progress.done(info.endpoint);
  return { info, synthSeconds: assembly.seconds, synthCached: assembly.cached, readySeconds };
}

async function launch(options: StartOptions, assembly: string): Promise<LocalCloudInfo> {
  mkdirSync(options.state, { recursive: true });
  const outputFile = join(options.state, "server-output.txt");
  const output = openSync(outputFile, "w");
  const child = spawn(
    process.execPath,
    [
      join(PACKAGE_ROOT, "local/server.cjs"),
      "--port",
      String(options.port),
      "--state-dir",
      options.state,
      "--template-dir",
      assembly,
      ...(options.enforceIam === true ? ["--enforce-iam"] : []),
    ],
    { detached: true, stdio: ["ignore", output, output], cwd: PACKAGE_ROOT },
  );
  closeSync(output);
  let exited: number | null | undefined;
  child.once("exit", (code) => {
    exited = code ?? -1;
  });
  const deadline = Date.now() + READY_TIMEOUT_MILLIS;
  while (Date.now() < deadline) {
    const info = runningLocalCloud(options.state);
    if (info !== undefined && info.pid === child.pid && Object.keys(info.outputs ?? {}).length > 0) {
      child.unref();
      return info;
    }
    if (exited !== undefined) {
      throw new Failure(`The local cloud did not start:\n${readFileSync(outputFile, "utf8").trim()}`);
    }
    await sleep(10);
  }
  child.kill("SIGTERM");
  throw new Failure(
    `The local cloud was not ready after ${READY_TIMEOUT_MILLIS / 1000} s. Its log: ${join(options.state, "cloud.log")}`,
  );
}

/** `mlops local up` */
export async function localUp(options: {
  state?: string;
  detach: boolean;
  port: number;
  stage: string;
  models?: string;
  enforceIam: boolean;
  json: boolean;
}): Promise<void> {
  const started = await startLocalCloud({ ...options, state: stateDirectory(options) }, createProgress());
  printResult(options.json, { ...started.info, ...started }, () => {
    const models = table(["", ""], Object.entries(started.info.outputs)).split("\n").slice(1).join("\n");
    return `${models}\n\nPoint AWS clients to it:  eval "$(npx mlops local env)"\nStop it:                  npx mlops local down`;
  });
  if (options.detach) return;
  process.stderr.write("\nRunning; Ctrl-C stops it.\n");
  await stopOnSignal(started.info.pid);
}

function stopOnSignal(pid: number): Promise<void> {
  return new Promise((done) => {
    const watch = setInterval(() => {
      try {
        process.kill(pid, 0);
      } catch {
        clearInterval(watch);
        done();
      }
    }, 200);
    const stop = () => process.kill(pid, "SIGTERM");
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}
