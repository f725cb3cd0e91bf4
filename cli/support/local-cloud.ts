import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defaultStateDirectory } from "./project.ts";

/** What a running local cloud writes into `<state>/local.json`. */
export interface LocalCloudInfo {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** True when a process of that id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The local cloud that runs on a state directory; undefined when none does. */
export function runningLocalCloud(stateDirectory: string): LocalCloudInfo | undefined {
  const file = join(stateDirectory, "local.json");
  if (!existsSync(file)) return undefined;
  let info: LocalCloudInfo;
  try {
    info = JSON.parse(readFileSync(file, "utf8")) as LocalCloudInfo;
  } catch {
    // The cloud writes the file anew at every start; half a file means that it is just doing so.
    return undefined;
  }
  return isAlive(info.pid) ? info : undefined;
}

/** The local cloud that commands use when nothing else is said: the project's own, or one that the demo has left up. */
export function findLocalCloud(): LocalCloudInfo | undefined {
  return runningLocalCloud(defaultStateDirectory()) ?? runningLocalCloud(resolve(".mlops/demo"));
}

/** Environment variables that point every AWS client to a local cloud. The credentials are dummies: it checks none. */
export function localEnvironment(info: Pick<LocalCloudInfo, "endpoint" | "region">): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: info.endpoint,
    AWS_REGION: info.region,
    AWS_DEFAULT_REGION: info.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
