/** A field is not a number. */
export function notANumber(value: string): string {
  return `found ${quoted(value)}, expected a number${numberHint(value)}`;
}

/** A field is not a whole number. */
export function notAnInteger(value: string): string {
  return `found ${quoted(value)}, expected a whole number (the feature is declared with integer: true)`;
}

/** A field is not a boolean. */
export function notABoolean(value: string): string {
  return `found ${quoted(value)}, expected true or false (also 1 and 0, yes and no, t and f, y and n)`;
}

/** A field is not a date. */
export function notADate(value: string): string {
  return `found ${quoted(value)}, expected a date or time in ISO 8601, such as 2001-12-31 or 2001-12-31T10:00:00Z`;
}

/** A field is not a time in the declared format, and not in ISO 8601. */
export function notATime(format: string | undefined): (value: string) => string {
  if (format === undefined) return (value) => `${notADate(value)}${timeHint(value)}`;
  const declared =
    format === "epoch-seconds"
      ? "seconds since 1970 (epoch-seconds)"
      : format === "epoch-milliseconds"
        ? "milliseconds since 1970 (epoch-milliseconds)"
        : `a time in the format ${format}`;
  return (value) =>
    `found ${quoted(value)}, expected ${declared}, or ISO 8601${epochHint(format, value)}; correct it, or the format in the definition`;
}

/** A value of a JSON object is an object or a list. */
export function nestedValue(value: string): string {
  return `found ${quoted(value)}, expected a number, a text, true, false or null; flatten the object`;
}

/** A value of a JSON object is text where a number is expected. */
export function textForNumber(value: string): string {
  return `found the text ${quoted(value)}, expected a JSON number; remove the quotes`;
}

function quoted(value: string): string {
  return value === "" ? "nothing" : JSON.stringify(value);
}

function timeHint(value: string): string {
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(value)) {
    const separator = /[./-]/.exec(value)?.[0] ?? "/";
    return `; if all rows are written like this, declare it: format: "%d${separator}%m${separator}%Y", or the other way round`;
  }
  if (/^\d{9,10}(\.\d+)?$/.test(value)) return "; if these are seconds since 1970, declare it: format: epoch-seconds";
  if (/^\d{12,13}$/.test(value))
    return "; if these are milliseconds since 1970, declare it: format: epoch-milliseconds";
  return "; other notations are declared as format";
}

function epochHint(format: string, value: string): string {
  return format === "epoch-seconds" && /^\d{12,}$/.test(value) ? "; this looks like milliseconds" : "";
}

function numberHint(value: string): string {
  if (/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(value)) return "; remove the thousands separators";
  if (/^[-+]?\d+,\d+$/.test(value)) return "; write a decimal point instead of the comma";
  if (/^\d{4}-\d{2}-\d{2}/.test(value) || /^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/.test(value)) return "; this is a date";
  if (/^[-+]?(\d+\.?\d*|\.\d+)e\+?\d+$/i.test(value)) return " that a 64-bit float can hold";
  if (/^=/.test(value)) return "; this is a formula: export values, not formulas";
  if (/^[-+]?0x/i.test(value)) return " in decimal notation";
  if (/^[-+]?\d[\d.]*\s*[a-z%°/]+$/i.test(value)) return " without a unit";
  return "; a missing value is an empty field, or a text listed under data.missing";
}
