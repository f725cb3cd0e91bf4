import type { ModelDefinition } from "../../../core/definition/schema.ts";

/**
 * The same verdict as the kernel's, by the simplest means: the whole text at once, strings, JavaScript's own number parser.
 * It knows what the differential tests need: accepted or not, values, missing values, and which rules are broken per row.
 */
export interface ReferenceResult {
  rules: Set<string>;
  rows: number;
  /** Values of each accepted row in the order of the features, then the target. */
  values: (string | number | boolean | null)[][];
}

/** Divides a CSV text into records, one character at a time. */
export function referenceCsv(text: string, delimiter = ","): { records: string[][]; unbalanced: boolean } {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let state: "start" | "plain" | "quoted" | "closed" = "start";
  let unbalanced = false;
  let i = 0;
  const endField = () => {
    record.push(field);
    field = "";
    state = "start";
  };
  const endRecord = () => {
    const blank = record.length === 0 && state === "start";
    if (!blank) {
      endField();
      records.push(record);
    }
    record = [];
    state = "start";
  };
  while (i < text.length) {
    const c = text[i] as string;
    if (state === "quoted") {
      if (c === '"' && text[i + 1] === '"') {
        field += '"';
        i++;
      } else if (c === '"') {
        state = "closed";
      } else {
        field += c;
      }
    } else if (c === delimiter) {
      endField();
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      endRecord();
    } else if (state === "closed") {
      unbalanced = true;
    } else if (state === "start" && c === '"') {
      state = "quoted";
    } else {
      field += c;
      state = "plain";
    }
    i++;
  }
  if (state === "quoted") unbalanced = true;
  else endRecord();
  return { records, unbalanced };
}

/** Judges a CSV text for a binary model without a time column. */
export function referenceIngest(definition: ModelDefinition, text: string): ReferenceResult {
  const { records, unbalanced } = referenceCsv(text);
  const rules = new Set<string>(unbalanced ? ["unbalanced-quote"] : []);
  const [header = [], ...rows] = records;
  const { features, target, missing } = definition.data;
  const values: ReferenceResult["values"] = [];
  for (const row of rows) {
    if (row.length !== header.length) {
      rules.add("ragged-row");
      continue;
    }
    const cell = (name: string) => row[header.indexOf(name)] ?? "";
    const outputs = Object.entries(features).map(([name, feature]) => {
      const text = cell(name);
      const trimmed = text.trim();
      if (text === "" || missing.includes(text) || missing.includes(trimmed)) return null;
      if (feature.type === "number") {
        const isNumber =
          /^[ \t]*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?[ \t]*$/.test(text) && Number.isFinite(Number(text));
        if (!isNumber) rules.add("type");
        else if (Number(text) < (feature.min ?? -3.4e38) || Number(text) > (feature.max ?? 3.4e38)) rules.add("range");
        return Number(text);
      }
      if (feature.type === "boolean") {
        const isTrue = /^(true|t|yes|y|1)$/i.test(trimmed);
        if (!isTrue && !/^(false|f|no|n|0)$/i.test(trimmed)) rules.add("type");
        return isTrue;
      }
      return trimmed === "" ? null : text;
    });
    const outcome = cell(target.column).trim();
    if (outcome === "" || missing.includes(outcome)) rules.add("target-missing");
    values.push([...outputs, target.positive?.includes(outcome) ? 1 : 0]);
  }
  return { rules, rows: rows.length, values };
}
