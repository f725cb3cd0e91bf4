import { hashFraction } from "./split.ts";
import { utf8 } from "./text.ts";

/** Characters of a text that words are looked for in. */
const LOOKED_AT = 20_000;
/** Longer words are cut, so that a profile stays small. */
const MAX_WORD_CHARACTERS = 40;

/** Stands for the word of a text that has none. Words have no brackets, so it is none itself. */
export const NO_WORD = "(no word)";

/** The words of a text: runs of letters and digits after Unicode's NFKC normalization, in lower case. The recipe takes the same ones. */
export function wordsOf(text: string): string[] {
  return (
    text
      .slice(0, LOOKED_AT)
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/**
 * One word of a text, each with the same chance: chosen by the hash of the text, so that the same text always gives the same word. A
 * row then counts once, as the statistics of drift need it (the words of one text depend on each other, the rows do not), and
 * over many rows the words have the shares that they have in the texts.
 */
export function sampledWord(text: string, bytes: Uint8Array = utf8(text)): string {
  const words = wordsOf(text);
  const word = words[Math.floor(hashFraction(bytes) * words.length)];
  return word === undefined ? NO_WORD : Array.from(word).slice(0, MAX_WORD_CHARACTERS).join("");
}
