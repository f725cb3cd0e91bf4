import type { Survey } from "./survey.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * Tells JSON Lines from CSV, and the delimiter of CSV, from the beginning of a file: the delimiter that occurs in the header outside of
 * quotes and most evenly in the lines after it.
 */
export function sniffFormat(head: string): Pick<Survey, "format" | "delimiter"> {
  if (/^\s*\{/.test(head)) return { format: "jsonl", delimiter: "," };
  const unquoted = head.replaceAll(/"(?:[^"]|"")*"/g, "");
  const lines = unquoted.split(/\r\n|\n|\r/).slice(0, 50);
  const complete = lines.length > 1 ? lines.slice(0, -1) : lines;
  const header = complete[0] ?? "";
  let best: (typeof DELIMITERS)[number] = ",";
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const inHeader = header.split(delimiter).length - 1;
    if (inHeader === 0) continue;
    const even = complete.filter((line) => line === "" || line.split(delimiter).length - 1 === inHeader).length;
    const score = (even / complete.length) * 1000 + inHeader;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return { format: "csv", delimiter: best };
}
