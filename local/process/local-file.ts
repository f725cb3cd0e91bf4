import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What `<state>/local.json` tells the command line while a cloud runs. */
export interface LocalFile {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Name of the deployed stack; absent when no template was given. */
  readonly stackName?: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Writes the file in one step, so that a reader never sees half of it. */
export function writeLocalFile(stateDirectory: string, content: LocalFile): void {
  const path = join(stateDirectory, "local.json");
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Removes the file: no cloud runs any more. */
export function removeLocalFile(stateDirectory: string): void {
  rmSync(join(stateDirectory, "local.json"), { force: true });
}
