import type { CategoryProfile, NumberProfile, TextProfile } from "./profile.ts";

/** What of a text is looked at: one word of it, or how long it is. */
export type TextAspect = "word" | "length";

/** One word of each text as a category. */
export function textAsWords({ count, nulls, words }: TextProfile): CategoryProfile {
  return { type: "category", count, nulls, ...words };
}

/** The lengths of the texts, in characters, as a number. */
export function textAsLengths({ nulls, length }: TextProfile): NumberProfile {
  return { type: "number", nulls, ...length };
}
