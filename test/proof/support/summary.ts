/** Prints what a proof has looked at, one line, so that a reader of the log sees that it was not empty. */
export function printSummary(proof: string, counts: Readonly<Record<string, string | number>>): void {
  const text = Object.entries(counts)
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");
  process.stdout.write(`${proof}: ${text}\n`);
}
