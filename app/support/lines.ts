import { MlopsError } from "../../core/errors/mlops-error.ts";

/** Longest line that is read, in characters: far above any row, low enough to protect the memory. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/**
 * Splits a stream of UTF-8 bytes into lines without their line break; empty lines are left out.
 *
 * @throws MlopsError `input.invalid` for a line above 16 Mi characters
 */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const text = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (text !== "") yield text;
    }
    if (rest.length > MAX_LINE_CHARACTERS) {
      throw new MlopsError("input.invalid", `a line has more than ${MAX_LINE_CHARACTERS} characters`);
    }
  }
  const last = rest + decoder.decode();
  if (last !== "") yield last;
}
