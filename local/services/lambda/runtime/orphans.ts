import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PID_FILE = ".pid";

/** Notes which process uses a scratch directory. */
export function notePid(scratchDirectory: string, pid: number | undefined): void {
  if (pid !== undefined) writeFileSync(join(scratchDirectory, PID_FILE), String(pid));
}

/**
 * Ends the processes of a cloud that was killed and that did not notice, because their handler never lets go of the
 * processor. A process counts only when its environment names the scratch directory: process ids are used again.
 * Needs Linux's procfs; does nothing elsewhere. Gives how many it ended.
 */
export function killOrphans(scratchRoot: string): number {
  if (process.platform !== "linux" || !existsSync(scratchRoot)) return 0;
  let ended = 0;
  for (const name of readdirSync(scratchRoot)) {
    const directory = join(scratchRoot, name);
    const file = join(directory, PID_FILE);
    if (!existsSync(file)) continue;
    const pid = Number(readFileSync(file, "utf8"));
    if (!Number.isInteger(pid) || pid <= 1 || !environmentOf(pid).includes(`TMPDIR=${directory}\0`)) continue;
    process.kill(pid, "SIGKILL");
    ended += 1;
  }
  return ended;
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return "";
    throw error;
  }
}
