const decoder = new TextDecoder("utf-8");
const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes [start, end); a byte order mark is kept, wrong bytes become U+FFFD. */
export function decode(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 24) {
    let text = "";
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}

/** A field of a CSV file, quoted where RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) asks for it or edges are spaces. */
export function csvField(text: string, delimiter = ","): string {
  const quote = /["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter);
  return quote ? `"${text.replaceAll('"', '""')}"` : text;
}

const SHOWN_CHARACTERS = 80;

/** A value for messages and examples: cut at 80 characters, control characters escaped. */
export function shownValue(text: string): string {
  // Split by code points so that no surrogate pair is cut in half.
  const cut =
    text.length > SHOWN_CHARACTERS
      ? `${Array.from(text.slice(0, SHOWN_CHARACTERS * 2))
          .slice(0, SHOWN_CHARACTERS - 3)
          .join("")}...`
      : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return cut.replace(/[\u0000-\u001f\u007f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
