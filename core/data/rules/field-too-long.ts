import { shownValue } from "../text.ts";

/** A field is longer than what is read. */
export function fieldTooLong(limitBytes: number, quoted: boolean): (value: string) => string {
  const quote = quoted ? "; perhaps a quote that opens it is never closed" : "";
  return (value) =>
    `a field is longer than ${limitBytes} bytes and begins with ${shownValue(value.slice(0, 40))}${quote}`;
}

/** A line is longer than what is read. */
export function lineTooLong(limitBytes: number): (value: string) => string {
  return (value) =>
    `a line is longer than ${limitBytes} bytes and begins with ${shownValue(value.slice(0, 40))}; check its line breaks`;
}

/** A category has a value that is too long to be one. */
export function categoryTooLong(limitBytes: number): (value: string) => string {
  return (value) =>
    `a category value is longer than ${limitBytes} bytes and begins with ${shownValue(value.slice(0, 40))}; this is free text, not a category`;
}
