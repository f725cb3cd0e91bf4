import colors from "picocolors";

/** Writes the result of a command: JSON for programs, text for people. Results go to standard output, everything else to standard error. */
export function printResult(json: boolean, data: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${text()}\n`);
}

/** A quiet remark on standard error, such as which cloud a command talks to. */
export function note(text: string): void {
  process.stderr.write(`${colors.dim(text)}\n`);
}
