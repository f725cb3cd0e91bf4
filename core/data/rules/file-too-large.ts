import { type Reason, wholeReason } from "../reason.ts";

/** The file has more bytes than the definition allows; undefined when it has not. */
export function fileTooLarge(sizeBytes: number, maxFileMegabytes: number): Reason | undefined {
  if (sizeBytes <= maxFileMegabytes * 1_000_000) return undefined;
  return wholeReason(
    "file-too-large",
    `the file has ${sizeBytes} bytes or more, at most ${maxFileMegabytes} megabytes are read; divide it, or raise data.maxFileMegabytes`,
  );
}

/** How a file that cannot be cut into ranges gets through after all. */
function advice(largeFileBytes: number): string {
  const limit = Number.isFinite(largeFileBytes) ? ` above ${Math.round(largeFileBytes / 1e6)} megabytes` : "";
  return `divide it into smaller files, or upload it as plain CSV or JSON Lines (such files${limit} are cut into ranges, which are read side by side)`;
}

/** One function was not done with the file when its time ended. */
export function outOfTime(sizeBytes: number, seconds: number, largeFileBytes: number): Reason {
  return wholeReason(
    "file-too-large",
    `one function reads the whole file (${sizeBytes} bytes), and was not done when its time ended after ${Math.round(seconds)} seconds; ${advice(largeFileBytes)}`,
  );
}

/** The functions that read the file were ended by the platform, again and again. */
export function endedWithoutVerdict(attempts: number, sizeBytes: number, largeFileBytes: number): Reason {
  return wholeReason(
    "file-too-large",
    `${attempts} attempts to read the file (${sizeBytes} bytes) were ended without a verdict, as it happens when memory or time of one function do not suffice; ${advice(largeFileBytes)}`,
  );
}
