import { type Reason, wholeReason } from "../reason.ts";

/** The file has more bytes than the definition allows; undefined when it has not. */
export function fileTooLarge(sizeBytes: number, maxFileMegabytes: number): Reason | undefined {
  if (sizeBytes <= maxFileMegabytes * 1_000_000) return undefined;
  return wholeReason(
    "file-too-large",
    `the file has ${sizeBytes} bytes or more, at most ${maxFileMegabytes} megabytes are read; divide it, or raise data.maxFileMegabytes`,
  );
}
