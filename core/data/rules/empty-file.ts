import { type Reason, wholeReason } from "../reason.ts";

/** The file has no content at all. */
export function emptyFile(): Reason {
  return wholeReason("empty-file", "the file is empty; upload a file with a header line and data rows");
}
