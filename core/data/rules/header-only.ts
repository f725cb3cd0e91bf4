import { type Reason, wholeReason } from "../reason.ts";

/** The file has a header line and nothing else. */
export function headerOnly(): Reason {
  return wholeReason("header-only", "the file has a header line but no data row; upload a file with data rows");
}
