/** The file ends within quotes. */
export function unclosedQuote(): string {
  return "a quote that opens in this row is never closed; close it, and write quotes inside a text twice";
}

/** Text follows a closing quote. */
export function textAfterQuote(value: string): string {
  return `text follows a closing quote in ${value}; write quotes inside a text twice, and nothing between a quote and the delimiter`;
}
