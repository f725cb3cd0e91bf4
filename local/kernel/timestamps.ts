import type { TimestampFormat } from "./model.ts";

/**
 * Parses any timestamp a client may send: a Date, epoch seconds, or text in ISO 8601, RFC 822 or epoch seconds.
 * Gives `undefined` for anything else.
 */
export function parseTimestamp(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (typeof value === "number") return Number.isFinite(value) ? new Date(Math.round(value * 1_000)) : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  if (/^-?\d+(\.\d+)?$/.test(value)) return new Date(Math.round(Number(value) * 1_000));
  const millis = Date.parse(value);
  return Number.isNaN(millis) ? undefined : new Date(millis);
}

/** Writes a timestamp in one of the formats of the AWS protocols. */
export function formatTimestamp(value: Date, format: TimestampFormat): string | number {
  if (format === "iso8601") return value.toISOString();
  if (format === "rfc822") return value.toUTCString();
  if (format === "unixTimestampMillis") return value.getTime();
  return value.getTime() / 1_000;
}
