import { readFileSync } from "node:fs";

/** Memory of a process in bytes. */
export interface ProcessMemory {
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Reads a process's memory from Linux's procfs; undefined on other systems and when the process is gone. */
export function readMemory(pid: number | undefined): ProcessMemory | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
  const kibibytes = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status);
    return match === null ? undefined : Number(match[1]) * 1024;
  };
  const residentBytes = kibibytes("VmRSS");
  // A process that has ended but is not yet reaped has no memory lines.
  if (residentBytes === undefined) return undefined;
  return { residentBytes, peakBytes: kibibytes("VmHWM") ?? residentBytes };
}
