/** A row has no target value. */
export function targetMissing(): string {
  return "a row has no target value; a model learns from rows with a known outcome only: fill it in, or leave the row out";
}
