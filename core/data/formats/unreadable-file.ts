import type { Reason } from "../reason.ts";

/** Ends the reading of a file that cannot be unpacked or decoded; `readTable` turns it into the verdict. */
export class UnreadableFile extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.message);
    this.name = "UnreadableFile";
    this.reason = reason;
  }
}
