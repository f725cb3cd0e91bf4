import { decode, utf8 } from "./text.ts";

/** Longest text that may mean "no value". */
const MAX_BYTES = 100;

/** Tells whether bytes are a text that means "no value", without making a string of those that cannot be. */
export class MissingTexts {
  private readonly texts: ReadonlySet<string>;
  private readonly firstBytes = new Uint8Array(256);

  constructor(texts: ReadonlySet<string>) {
    this.texts = texts;
    for (const text of texts) if (text !== "") this.firstBytes[utf8(text)[0] as number] = 1;
  }

  /** Whether bytes [start, end), which are not empty, are such a text. */
  has(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MAX_BYTES || this.firstBytes[bytes[start] as number] === 0) return false;
    return this.texts.has(decode(bytes, start, end));
  }
}
