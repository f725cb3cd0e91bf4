import { type Reason, wholeReason } from "../reason.ts";

const WANTED = {
  csv: "CSV with a header line",
  jsonl: "JSON Lines (one flat object a line)",
  parquet: "Parquet",
} as const;

/** The file is of another format than the definition says. `found` names it. */
export function otherFormat(found: string, expected: keyof typeof WANTED): Reason {
  const wanted = WANTED[expected];
  return wholeReason("format", `the file seems to be ${found}, expected ${wanted}; convert it and upload it again`);
}

/** A line of a JSON Lines file is not one JSON object. */
export function badJsonLine(why: string): (value: string) => string {
  return (value) =>
    `a line is not one flat JSON object (${why}): ${value}; write one object a line, without line breaks inside`;
}
