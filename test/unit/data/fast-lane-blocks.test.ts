import { describe, expect, it } from "vitest";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { definition, HEADER, writtenValues } from "./random-files.ts";
import { divide, readFile, readText } from "./read-file.ts";
import { referenceIngest } from "./reference-ingest.ts";

/** Rows with everything that ends, opens or continues a cell. */
const ROWS = [
  '1.5,Climb,true,"a, ""b""",no',
  "-0,,,,no",
  ',"Fort Worth, TX",1,,"yes, it is"',
  '-12.25,"line\nbreak",FALSE,x,no',
  '"7","quoted",y,"",no',
  "0.5,NA,no,5' pipe,no",
  "123456.7890123456,a text of more than sixteen bytes,n,é🛬,no",
  '3,"doubled "" quote",f,"""",no',
  "999,=1+1,t,,no",
].join("\n");
const encode = (text: string) => new TextEncoder().encode(text);

function expectReference(text: string, cuts: readonly number[] = []): void {
  const { result, parts } = readFile(definition, divide(encode(text), cuts));
  const expected = referenceIngest(definition, text);
  expect(new Set(result.reasons.map(({ rule }) => rule))).toEqual(expected.rules);
  expect(result.profile.rows).toBe(expected.rows);
  if (result.accepted) {
    expect(writtenValues(parts)).toEqual(expected.values.map((values) => JSON.stringify(values)).sort());
  }
}

describe("the fast lane reads 64 bytes at a time", () => {
  const rows = ROWS.replace("123456.7890123456", "12.34567890123456");

  it.each(["\n", "\r\n"])("and finds cells wherever they lie in them, with line ends %j", (lineEnd) => {
    const lines = rows.split("\n").join(lineEnd).replace(`line${lineEnd}break`, "line\nbreak");
    for (let shift = 0; shift < 64; shift++) {
      expectReference(`${HEADER}${lineEnd}1,${"x".repeat(shift)},,,no${lineEnd}${lines}${lineEnd}`);
    }
  });

  it.each(["\n", "\r\n"])("and takes up a cell that is divided between chunks, with line ends %j", (lineEnd) => {
    const text = `${HEADER}\n${rows.replaceAll("\n", lineEnd)}${lineEnd}`;
    for (let cut = HEADER.length + 1; cut < encode(text).length; cut++) expectReference(text, [cut]);
  });

  it("and leaves quotes within a text, line ends of another kind and records of another width to the other lane", () => {
    const odd = [
      '1,a"b,true,c"d,no',
      '1,a"b,c"d,e,no',
      "1,a\rb,true,,no",
      '1,"a"b,true,,no',
      "1,a,true,no",
      "1,a,true,,,no",
      "",
    ];
    for (const record of odd) {
      for (let shift = 0; shift < 64; shift += 7) {
        expectReference(`${HEADER}\n1,${"x".repeat(shift)},,,no\n${record}\n${rows}\n${record}\n2,b,,,no\n`);
      }
    }
  });

  it("and reads very short cells, of which many lie in a block, and records of more cells than a batch has", () => {
    for (const width of [2, 3, 40, 2_000, 3_999]) {
      const names = Array.from({ length: width - 2 }, (_, i) => `c${i}`);
      const wide = parseDefinition(
        "schemaVersion: 1\nname: wide\nproblem: regression\ndata:\n  target: { column: y }\n  constantTarget: accept\n  features:\n    x: { type: number }\ngate: { metric: rmse }\n",
        "wide.yaml",
      );
      const lines = Array.from({ length: 30 }, (_, i) =>
        ["", ...names.map(() => ""), i].join(",").replace(/^/, String(i % 10)),
      );
      const { result } = readText(wide, `${["x", ...names, "y"].join(",")}\n${lines.join("\n")}\n`);
      expect(result.reasons).toEqual([]);
      expect(result.profile.features["x"]).toMatchObject({ count: 30, min: 0, max: 9, mean: 4.5 });
      expect(result.profile.target).toMatchObject({ count: 30, min: 0, max: 29, mean: 14.5 });
    }
  });

  it("and keeps to the order of the rows when a table of levels is full", () => {
    const few = parseDefinition(
      "schemaVersion: 1\nname: few\nproblem: regression\ndata:\n  target: { column: y }\n  constantTarget: accept\n  features:\n    x: { type: number, max: 100 }\n    k: { type: category, maxLevels: 10000, maxNullFraction: 1 }\ngate: { metric: rmse }\n",
      "few.yaml",
    );
    const lines = Array.from(
      { length: 12_000 },
      (_, i) => `${i % 97 === 5 ? " 7 " : i % 50},${`level ${i}`},${i % 89 === 3 ? "1e0" : 1}`,
    );
    const text = `x,k,y\n${lines.join("\n")}\n`;
    const whole = readFile(few, [encode(text)]).result.profile;
    const pieces = readFile(
      few,
      divide(
        encode(text),
        Array.from({ length: 400 }, (_, i) => i * 700 + 50),
      ),
    ).result.profile;
    expect(pieces).toEqual(whole);
  });
});
