import { type Reason, wholeReason } from "../reason.ts";

const FIX = "save the file as UTF-8 and upload it again";

/** The file is text in another encoding, recognised by its first bytes. */
export function otherEncoding(found: string): Reason {
  return wholeReason("encoding", `the file seems to be ${found}; only UTF-8 is read: ${FIX}`);
}

/** A byte sequence is not UTF-8. `offset` is its position in the file, 0 = first byte. */
export function invalidUtf8(offset: number, row: number): Reason {
  return wholeReason(
    "encoding",
    `byte ${offset} (${place(row)}) is not valid UTF-8, perhaps the file is Latin-1 or Windows-1252: ${FIX}`,
  );
}

/** The file ends within a character. */
export function truncatedUtf8(): Reason {
  return wholeReason(
    "encoding",
    "the file ends in the middle of a UTF-8 character; it is probably cut off: upload it again",
  );
}

/** The file has a NUL byte. `offset` is its position in the file, 0 = first byte. */
export function nulByte(offset: number, row: number): Reason {
  return wholeReason(
    "encoding",
    `byte ${offset} (${place(row)}) is NUL, which text files do not have; the file is binary or damaged: export it again as UTF-8 text`,
  );
}

function place(row: number): string {
  return row === 0 ? "in the header" : `near data row ${row}`;
}
