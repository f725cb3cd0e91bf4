/** A row has more or fewer fields than the header. */
export function raggedRow(expected: number): (found: string) => string {
  return (found) =>
    `a row has ${found}, the header has ${expected}; a delimiter is missing or too many, or a text with one is not in quotes`;
}
