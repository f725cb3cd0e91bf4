import { closest } from "../../definition/closest.ts";
import { listed } from "../reason.ts";

/** A target value is neither among the positive nor among the negative values, or not among the classes. */
export function targetValue(allowed: readonly string[]): (value: string) => string {
  return (value) => {
    const near = closest(value, allowed);
    const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
    return `found ${JSON.stringify(value)}, allowed: ${listed(allowed)}${hint} Correct it, or list it in data.target`;
  };
}

/** The target of a regression is not a number, or out of range. */
export function targetNumber(min: number | undefined, max: number | undefined): (value: string) => string {
  const range = [min === undefined ? [] : [`at least ${min}`], max === undefined ? [] : [`at most ${max}`]].flat();
  return (value) =>
    `found ${JSON.stringify(value)}, expected a number${range.length > 0 ? ` of ${range.join(" and ")}` : ""}`;
}
