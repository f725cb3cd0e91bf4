/**
 * Splits CSV text (RFC 4180, comma, any line break) into rows of fields. Made for short request bodies; files go through the
 * streaming ingest.
 */
export function parseCsvText(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  let touched = false;
  const endRow = (): void => {
    row.push(field);
    if (touched || row.length > 1) rows.push(row);
    row = [];
    field = "";
    touched = false;
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (character === '"' && field === "") {
      quoted = true;
      touched = true;
    } else if (character === ",") {
      row.push(field);
      field = "";
      touched = true;
    } else if (character === "\n") endRow();
    else if (character !== "\r") {
      field += character;
      touched = true;
    }
  }
  if (touched || row.length > 0) endRow();
  return rows;
}
