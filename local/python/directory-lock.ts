import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How a lock is waited for. */
export interface LockOptions {
  readonly timeoutMillis: number;
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void;
}

const POLL_MILLIS = 200;
/** A lock without an owner's id is being made at this moment, or its maker died in between. */
const OWNERLESS_GRACE_MILLIS = 5_000;

/**
 * Runs `work` while holding a lock that other processes respect: a directory, because making one is atomic on every file
 * system. The lock of a process that no longer runs is taken over. Throws `Error` with code `ELOCKED` after the timeout.
 */
export async function withDirectoryLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + options.timeoutMillis;
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = false; !tryLock(path); waited = true) {
    if (!waited) options.onWait?.();
    if (Date.now() > deadline)
      throw Object.assign(new Error(`${path} is locked by another process`), { code: "ELOCKED" });
    await sleep(POLL_MILLIS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function tryLock(path: string): boolean {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isAbandoned(path)) removeAbandoned(path);
    return false;
  }
  writeFileSync(join(path, "pid"), String(process.pid));
  return true;
}

/** Only one process at a time may look and remove; otherwise a second one would remove the lock of the first. */
function removeAbandoned(path: string): void {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  try {
    if (isAbandoned(path)) rmSync(path, { recursive: true, force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

function isAbandoned(path: string): boolean {
  let owner: number;
  try {
    owner = Number(readFileSync(join(path, "pid"), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return ageMillis(path) > OWNERLESS_GRACE_MILLIS;
  }
  if (!Number.isInteger(owner) || owner <= 0) return ageMillis(path) > OWNERLESS_GRACE_MILLIS;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function ageMillis(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    // Released in this moment.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
