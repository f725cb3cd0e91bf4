/**
 * Splits CSV text into rows of fields: quoted fields may hold delimiters, line breaks and doubled quotes; both line ends
 * work; empty lines are skipped.
 */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  let started = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  const endRow = () => {
    if (started || row.length > 0) {
      endField();
      rows.push(row);
    }
    row = [];
    started = false;
  };
  for (let at = 0; at < text.length; at += 1) {
    const next = text[at] ?? "";
    if (quoted) {
      if (next !== '"') field += next;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (next === '"' && field === "") {
      quoted = true;
      started = true;
    } else if (next === delimiter) {
      endField();
      started = true;
    } else if (next === "\n" || next === "\r") {
      if (next === "\r" && text[at + 1] === "\n") at += 1;
      endRow();
    } else {
      field += next;
      started = true;
    }
  }
  endRow();
  return rows;
}
