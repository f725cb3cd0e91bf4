/** Splits one CSV line (RFC 4180, without line breaks inside fields) into its fields as texts. */
export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (;;) {
    const match = pattern.exec(line);
    if (!match) throw new Error(`not a CSV line: ${line.slice(0, 80)}`);
    fields.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === "") return fields;
  }
}

/** Writes fields as one CSV line; quotes where they are needed. */
export function formatCsvLine(fields: readonly unknown[]): string {
  return fields
    .map((field) => {
      const text = String(field ?? "");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",");
}
