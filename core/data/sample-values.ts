import type { ModelDefinition } from "../definition/schema.ts";

/**
 * Values by column of the first rows of a text; the last row, which may be cut off, is left out, and rows that make no sense are skipped.
 */
export function sampleValues(
  data: Pick<ModelDefinition["data"], "format" | "delimiter">,
  sample: Uint8Array,
  maxRows: number,
): Map<string, string[]> {
  const text = new TextDecoder().decode(sample);
  return data.format === "jsonl" ? fromJsonLines(text, maxRows) : fromCsv(text, data.delimiter, maxRows);
}

function fromJsonLines(text: string, maxRows: number): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n", maxRows)) {
    for (const [name, value] of Object.entries(objectOf(line))) {
      if (value === null || typeof value === "object") continue;
      const list = values.get(name);
      if (list === undefined) values.set(name, [String(value)]);
      else list.push(String(value));
    }
  }
  return values;
}

/** The object in a line; an empty one when there is none: the sample is cut anywhere, and the file is bad already. */
function objectOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function fromCsv(text: string, delimiter: string, maxRows: number): Map<string, string[]> {
  const records = csvRecords(text, delimiter, maxRows + 1);
  const [header = [], ...rows] = records;
  const values = new Map<string, string[]>(header.map((name) => [name, []]));
  for (const row of rows) {
    if (row.length !== header.length) continue;
    for (const [index, name] of header.entries()) values.get(name)?.push(row[index] ?? "");
  }
  return values;
}

/** Records of a CSV text up to a limit, without one that does not end. */
function csvRecords(text: string, delimiter: string, limit: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let i = text.startsWith("\ufeff") ? 1 : 0; i < text.length && records.length < limit; i++) {
    const c = text[i] as string;
    if (c === '"') {
      if (isQuoted && text[i + 1] === '"') field += text[++i];
      else isQuoted = !isQuoted;
    } else if (isQuoted) {
      field += c;
    } else if (c === delimiter) {
      record.push(field);
      field = "";
    } else if (c === "\n" || c === "\r") {
      if (record.length > 0 || field !== "") records.push([...record, field]);
      record = [];
      field = "";
    } else {
      field += c;
    }
  }
  return records;
}
