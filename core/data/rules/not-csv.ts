import { type Reason, wholeReason } from "../reason.ts";

const NAMES: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
};

/** The header has one field only, which another delimiter would divide. */
export function otherDelimiter(expected: string, found: string): Reason {
  return wholeReason(
    "not-csv",
    `the header seems to be separated by ${NAMES[found]}, expected ${NAMES[expected]}; set data.delimiter to ${JSON.stringify(found)} or export the file again`,
  );
}

/** The header has an absurd number of columns. */
export function tooManyColumns(count: number, limit: number): Reason {
  return wholeReason(
    "not-csv",
    `the header has ${count} columns or more, at most ${limit} are read; check that this is a CSV file with a header line`,
  );
}
