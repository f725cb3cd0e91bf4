import { expandsTooMuch } from "../rules/compressed.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Bytes that any file may unpack to: a small repetitive file is no danger, whatever its ratio. */
export const EXPANSION_GRACE_BYTES = 16_000_000;

/** Stops a file that unpacks to far more than it is, before its content is held or written anywhere. */
export class ExpansionGuard {
  private readonly maxExpansion: number;
  private inputBytes = 0;
  private outputBytes = 0;

  /** @param maxExpansion how many times larger than what was read the content may be */
  constructor(maxExpansion: number) {
    this.maxExpansion = maxExpansion;
  }

  /** Counts bytes of the file itself. */
  read(sizeBytes: number): void {
    this.inputBytes += sizeBytes;
  }

  /** Counts unpacked bytes. @throws UnreadableFile when there are too many */
  unpacked(sizeBytes: number): void {
    this.outputBytes += sizeBytes;
    const { inputBytes, outputBytes, maxExpansion } = this;
    if (outputBytes <= Math.max(EXPANSION_GRACE_BYTES, inputBytes * maxExpansion)) return;
    throw new UnreadableFile(expandsTooMuch(inputBytes, outputBytes, maxExpansion));
  }
}
