import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface LockContent {
  readonly pid: number;
  /** Start time of the process as the kernel counts it, where /proc tells; a reused pid has another one. */
  readonly processStart: string | undefined;
}

/** Another cloud works on the same state. */
export class StateLockedError extends Error {
  readonly pid: number;

  constructor(stateDirectory: string, pid: number) {
    super(
      `a local cloud already runs on ${stateDirectory} (process ${pid}); stop it with 'mlops local down' or choose another --state-dir`,
    );
    this.name = "StateLockedError";
    this.pid = pid;
  }
}

/**
 * Takes the state directory for this process; the returned function gives it back. A lock whose process is gone is taken
 * over. Throws StateLockedError while its process lives.
 */
export function lockState(stateDirectory: string): () => void {
  mkdirSync(stateDirectory, { recursive: true });
  const path = join(stateDirectory, "lock.json");
  const content: LockContent = { pid: process.pid, processStart: processStart(process.pid) };
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify(content), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readLock(path);
    if (holder && isAlive(holder)) throw new StateLockedError(stateDirectory, holder.pid);
    rmSync(path, { force: true });
  }
}

function readLock(path: string): LockContent | undefined {
  try {
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as LockContent) : undefined;
  } catch (error) {
    // A process that died while it wrote the lock leaves it torn.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAlive({ pid, processStart: start }: LockContent): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return start === undefined || processStart(pid) === undefined || processStart(pid) === start;
}

/** Field 22 of /proc/<pid>/stat; undefined where there is no /proc. */
function processStart(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return undefined;
  const stat = readFileSync(path, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
