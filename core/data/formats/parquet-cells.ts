import type { SchemaElement } from "hyparquet";

/** Turns a decoded Parquet value into the text that a CSV export of the same table has; undefined for a missing value. */
export type CellText = (value: unknown) => string | undefined;

const MILLIS_PER_DAY = 86_400_000;

/** Writes an instant in UTC: a date where it is midnight in a date column, else with as many decimals as are needed. */
function instantText(millis: number): string | undefined {
  if (!Number.isFinite(millis) || Math.abs(millis) > 8.64e15) return undefined;
  return new Date(millis).toISOString().replace(/\.?0*Z$/, "Z");
}

function timeOfDay(value: unknown, unitsPerSecond: number): string | undefined {
  const seconds = Number(value) / unitsPerSecond;
  return Number.isFinite(seconds) ? new Date(seconds * 1_000).toISOString().slice(11, 23) : undefined;
}

/** The shortest decimal that is the same 32-bit float: 0.1 is stored as 0.10000000149011612. */
export function shortFloat(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

function decimalText(value: unknown, scale: number): string {
  const number = Number(value);
  // The reader multiplies by a power of ten, which is not exact; the column's scale says how many decimals there are.
  const isPlain = Math.abs(number) < 1e15;
  return String(isPlain ? Number(number.toFixed(Math.min(100, scale))) : number);
}

/** How the values of a flat column are written. */
export function cellTextOf(element: SchemaElement): CellText {
  const { converted_type: converted, logical_type: logical, type } = element;
  const write = writer(element);
  const isDate = converted === "DATE" || logical?.type === "DATE";
  return (value) => {
    if (value === null || value === undefined) return undefined;
    if (value instanceof Date) {
      const millis = value.getTime();
      return isDate
        ? instantText(Math.floor(millis / MILLIS_PER_DAY) * MILLIS_PER_DAY)?.slice(0, -10)
        : instantText(millis);
    }
    if (type === "FLOAT" && typeof value === "number") return shortFloat(value);
    return write(value);
  };
}

function writer(element: SchemaElement): CellText {
  const { converted_type: converted, logical_type: logical } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") {
    const scale = element.scale ?? (logical?.type === "DECIMAL" ? logical.scale : 0);
    return (value) => decimalText(value, scale);
  }
  if (converted === "TIME_MILLIS") return (value) => timeOfDay(value, 1_000);
  if (converted === "TIME_MICROS") return (value) => timeOfDay(value, 1_000_000);
  if (logical?.type === "TIME") {
    const units = { MILLIS: 1_000, MICROS: 1_000_000, NANOS: 1_000_000_000 }[logical.unit];
    return (value) => timeOfDay(value, units);
  }
  return (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
}
