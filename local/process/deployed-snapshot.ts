import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of the state that belong to one process, not to what is deployed. */
const OF_THE_PROCESS = new Set(["lock.json", "local.json", "cloud.log", "server-output.txt"]);

/**
 * Gives an empty state directory what an earlier deployment of the very same assembly left in its own, so that deploying it again only
 * has to compare hashes. A state that holds anything stays as it is.
 *
 * @returns whether the state was filled
 */
export function restoreSnapshot(snapshot: string, stateDirectory: string): boolean {
  if (!existsSync(snapshot) || existsSync(join(stateDirectory, "cloudformation"))) return false;
  cpSync(snapshot, stateDirectory, { recursive: true, verbatimSymlinks: true });
  return true;
}

/** Keeps a copy of a state that has just been deployed into. Must be called before anything else can change it. */
export function saveSnapshot(stateDirectory: string, snapshot: string): void {
  const temporary = `${snapshot}.${process.pid}`;
  mkdirSync(dirname(snapshot), { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
  for (const name of readdirSync(stateDirectory)) {
    if (OF_THE_PROCESS.has(name)) continue;
    cpSync(join(stateDirectory, name), join(temporary, name), { recursive: true, verbatimSymlinks: true });
  }
  rmSync(snapshot, { recursive: true, force: true });
  renameSync(temporary, snapshot);
}
