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
      if (feature.type === "timestamp") {
        if (trimmed === "" || missing.includes(trimmed)) return null;
        const instant = referenceInstant(trimmed, feature.format);
        if (instant === null) rules.add("type");
        else if (instant < Date.parse(feature.min ?? "0000-01-01") || instant > Date.parse(feature.max ?? "9999-12-31"))
          rules.add("range");
        return instant === null ? null : new Date(instant).toISOString().replace(".000Z", "Z");
      }
      if (feature.type === "text") {
        if (trimmed === "" || missing.includes(text)) return null;
        const length = Array.from(text).length;
        if (length < feature.minLength || length > feature.maxLength) rules.add("range");
        return text;
      }
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

/** The instant of a text in ISO 8601 or in one of three declared formats, by regular expressions and JavaScript's own calendar. */
export function referenceInstant(text: string, format: string | undefined): number | null {
  const declared = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{1,2})$/.exec(text);
  if (format === "%d/%m/%Y %H:%M" && declared !== null) {
    const [, day, month, year, hour, minute] = declared;
    return calendar([year, month, day, hour, minute, "0"].map(Number), 0);
  }
  if (format === "epoch-seconds" && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) {
    const millis = Math.floor(Number(text) * 1_000 + 0.5);
    return millis >= Date.parse("0000-01-01") && millis < Date.parse("9999-12-31") + 86_400_000 ? millis : null;
  }
  const iso =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d\d):?(\d\d))?)?$/.exec(text);
  if (iso === null) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", sign, offsetHour, offsetMinute] =
    iso;
  const start = calendar([year, month, day, hour, minute, second].map(Number), Number(`${fraction}000`.slice(0, 3)));
  if (start === null || sign === undefined) return start;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const shift = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return start + (sign === "-" ? shift : -shift);
}

/** The instant of [year, month, day, hour, minute, second]; null when a clock or a calendar does not have it. */
function calendar(fields: readonly number[], millis: number): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, millis);
  const found = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  return found.every((value, index) => value === fields[index]) ? date.getTime() : null;
}
