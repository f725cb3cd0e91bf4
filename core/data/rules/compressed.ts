import { type Reason, wholeReason } from "../reason.ts";

/** The file is compressed or an archive, whatever its name says. */
export function compressed(found: string): Reason {
  return wholeReason("compressed", `the file is ${found}, expected plain text; unpack it and upload the content`);
}
