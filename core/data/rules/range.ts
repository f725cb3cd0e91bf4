import { closest } from "../../definition/closest.ts";
import { listed } from "../reason.ts";

/** A number is outside of what is declared to be possible. */
export function outOfRange(min: number | undefined, max: number | undefined): (value: string) => string {
  const allowed =
    max === undefined ? `at least ${min}` : min === undefined ? `at most ${max}` : `between ${min} and ${max}`;
  return (value) =>
    `found ${value}, expected a number ${allowed}; check the unit, or widen min and max in the definition`;
}

/** A number is too large for the trainer's 32-bit arithmetic. */
export function tooLargeToTrain(value: string): string {
  return `found ${value}, beyond the 32-bit numbers that models are trained with (3.4e38); check the value or scale the column`;
}

/** A time is outside of what is declared to be possible. */
export function outOfTime(min: string | undefined, max: string | undefined): (value: string) => string {
  const allowed =
    max === undefined ? `not before ${min}` : min === undefined ? `not after ${max}` : `between ${min} and ${max}`;
  return (value) =>
    `found ${JSON.stringify(value)}, expected a time ${allowed}; check the format and the clock it comes from, or widen min and max in the definition`;
}

/** A text has more or fewer characters than it may have. */
export function textLength(found: number, min: number, max: number): (value: string) => string {
  const allowed = min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return (value) =>
    `found a text of ${found} characters, ${JSON.stringify(value)}, expected ${allowed}; correct it, or change minLength and maxLength in the definition`;
}

/** A category value is not among the declared levels. */
export function notALevel(levels: readonly string[]): (value: string) => string {
  return (value) => {
    const near = closest(value, levels);
    const hint = near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
    return `found ${JSON.stringify(value)}, allowed: ${listed(levels)}${hint}; correct it, or add it to levels in the definition`;
  };
}
