import { createReadStream, existsSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../support/failure.ts";
import { isAlive, type LocalCloudInfo, localEnvironment, runningLocalCloud } from "../support/local-cloud.ts";
import { printResult } from "../support/print.ts";
import { defaultStateDirectory } from "../support/project.ts";
import { table } from "../support/table.ts";

/** How long a cloud may take to end its children and close its files. */
const STOP_TIMEOUT_MILLIS = 15_000;

/** The state directory that a command works on. */
export function stateDirectory(options: { state?: string }): string {
  return options.state === undefined ? defaultStateDirectory() : resolve(options.state);
}

function requireRunning(state: string): LocalCloudInfo {
  const info = runningLocalCloud(state);
  if (info !== undefined) return info;
  throw new Failure(`No local cloud runs on ${state}. Start one with "npx mlops local up --detach".`);
}

/** Asks the cloud on a state directory to end and waits for it. Gives false when none ran. */
export async function stopLocalCloud(state: string): Promise<boolean> {
  const info = runningLocalCloud(state);
  if (info === undefined) return false;
  process.kill(info.pid, "SIGTERM");
  const deadline = Date.now() + STOP_TIMEOUT_MILLIS;
  while (isAlive(info.pid) && Date.now() < deadline) await sleep(25);
  if (isAlive(info.pid)) {
    process.kill(info.pid, "SIGKILL");
    process.stderr.write(
      `The local cloud (process ${info.pid}) did not end in ${STOP_TIMEOUT_MILLIS / 1000} s and was killed; its state is safe.\n`,
    );
  }
  return true;
}

/** `mlops local down` */
export async function localDown(options: { state?: string }): Promise<void> {
  const stopped = await stopLocalCloud(stateDirectory(options));
  process.stderr.write(stopped ? "The local cloud is down; its state stays.\n" : "No local cloud was running.\n");
}

/** `mlops local status` */
export function localStatus(options: { state?: string; json: boolean }): void {
  const info = requireRunning(stateDirectory(options));
  printResult(options.json, info, () =>
    table(
      ["local cloud", info.endpoint],
      [["process", info.pid], ["region", info.region], ["since", info.startedAt], ...Object.entries(info.outputs)],
    ),
  );
}

/** `mlops local env`: quoted for POSIX shells. */
export function localEnv(options: { state?: string }): void {
  const info = requireRunning(stateDirectory(options));
  for (const [name, value] of Object.entries(localEnvironment(info))) {
    process.stdout.write(value === "" ? `unset ${name}\n` : `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
  }
}

/** `mlops local logs`: reads the log file, so that it also works after the cloud has ended. */
export async function localLogs(options: { state?: string; service?: string; follow: boolean }): Promise<void> {
  const file = join(stateDirectory(options), "cloud.log");
  if (!existsSync(file))
    throw new Failure(`There is no log at ${file}: no local cloud has run on this state directory.`);
  let offset = 0;
  do {
    const size = statSync(file).size;
    if (size > offset) {
      const lines = createInterface({ input: createReadStream(file, { start: offset, end: size - 1 }) });
      for await (const line of lines) if (isWanted(line, options.service)) process.stdout.write(`${line}\n`);
      offset = size;
    }
    if (options.follow) await sleep(250);
  } while (options.follow);
}

function isWanted(line: string, service: string | undefined): boolean {
  return service === undefined || line.includes(`"service":"${service}"`);
}

/** `mlops local reset` */
export async function localReset(options: { state?: string }): Promise<void> {
  const state = stateDirectory(options);
  const mark = existsSync(join(state, "local.json")) || existsSync(join(state, "cloud.log"));
  if (existsSync(state) && !mark)
    throw new Failure(`${state} does not look like the state of a local cloud; it was left alone.`);
  await stopLocalCloud(state);
  rmSync(state, { recursive: true, force: true });
  process.stderr.write(`${state} is gone.\n`);
}
