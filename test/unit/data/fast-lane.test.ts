import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnContext } from "../../../core/data/column.ts";
import { estimateDistinct } from "../../../core/data/distinct-sketch.ts";
import { createFastLane } from "../../../core/data/fast-lane.ts";
import { createColumns, locateColumns } from "../../../core/data/ingest-columns.ts";
import { ReasonCollector } from "../../../core/data/reason-collector.ts";
import { RowWriter } from "../../../core/data/row-writer.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { divide, readFile, readText } from "./read-file.ts";

const regression = parseDefinition(
  `
schemaVersion: 1
name: numbers
problem: regression
data:
  target: { column: y }
  constantTarget: accept
  features:
    x: { type: number, maxNullFraction: 1 }
gate: { metric: rmse }
`,
  "numbers.yaml",
);

function profileOf(texts: readonly string[]) {
  const { result } = readText(regression, `x,y\n${texts.map((text) => `${text},1\n`).join("")}`);
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  const { x } = result.profile.features;
  if (x?.type !== "number") throw new Error("x must be a number");
  return x;
}

const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 22 });
const decimal = fc.oneof(
  fc.tuple(fc.constantFrom("", "-"), digits, digits).map(([sign, whole, fraction]) => {
    return `${sign}${whole.replace(/^0+(?=\d)/, "")}.${fraction}`;
  }),
  fc.tuple(fc.constantFrom("", "-"), digits).map(([sign, whole]) => `${sign}${whole}`),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -3e38, max: 3e38 }).map(String),
  fc.double({ noNaN: true, min: 1, max: 2 }).map((x) => x.toFixed(17)),
);

describe("the fast lane", () => {
  it("reads every decimal notation as JavaScript does, to the last bit", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(profileOf([text]).max).toBe(Number(text) + 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("writes numbers so that they read back to the same double", () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 30 }), (texts) => {
        const { parts } = readText(regression, `x,y\n${texts.map((text) => `${text},1\n`).join("")}`);
        const written = [parts.train, parts.validation].flatMap((part) =>
          part
            .split("\n")
            .slice(1, -1)
            .flatMap((line) => line.split(",").slice(0, 1)),
        );
        const held = parts.test.split("\n").filter((line) => line !== "");
        const values = [...written.map(Number), ...held.map((line) => JSON.parse(line).features.x as number)];
        // Minus zero is zero.
        const sorted = (numbers: readonly number[]) => numbers.map((x) => x + 0).sort((a, b) => a - b);
        expect(sorted(values)).toEqual(sorted(texts.map(Number)));
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same bits of mean and deviation wherever chunks end", () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `${i % 7 === 0 ? "" : Math.sin(i) * 1e3},${i}\n`);
    const bytes = new TextEncoder().encode(`x,y\n${lines.join("")}`);
    const whole = readFile(regression, [bytes]).result;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 }), (positions) => {
        expect(readFile(regression, divide(bytes, positions)).result.profile).toEqual(whole.profile);
      }),
      { numRuns: 50 },
    );
  });

  it("counts values beyond its bucket table like all others", () => {
    const x = profileOf([
      "1e-30",
      "0.00000000000000000001",
      "-0.00000000000000000001",
      "123456789012345678901234",
      "0",
    ]);
    expect(x.count).toBe(5);
    expect(x.sketch.zero).toBe(1);
    expect(Object.values(x.sketch.positive).reduce((sum, n) => sum + n, 0)).toBe(3);
    expect(Object.values(x.sketch.negative)).toEqual([1]);
    expect(estimateDistinct(x.distinct ?? { registers: "" })).toBe(5);
  });

  it("reads records that are longer than its buffer", () => {
    const long = `"${"many words, ".repeat(20_000)}"`;
    const { result } = readText(regression, `x,y,note\n1,1,a\n2,1,${long}\n3,1,b\n`);
    expect(result.accepted).toBe(true);
    expect(result.profile.features["x"]).toMatchObject({ count: 3, min: 1, max: 3, mean: 2 });
  });

  it("counts only what is right in the profile of a file that is refused, and how much is wrong", () => {
    const { result } = readText(regression, "x,y\n1,1\nfast,1\n3,1\n,1\n");
    expect(result.accepted).toBe(false);
    expect(result.profile.features["x"]).toMatchObject({ count: 2, nulls: 1, invalid: 1, min: 1, max: 3 });
  });

  it("keeps files apart that are read at the same time", () => {
    const rows = (first: number) => `${Array.from({ length: 500 }, (_, i) => `${first + i},1\n`).join("")}`;
    const texts = [0, 10_000, 20_000].map((first) => new TextEncoder().encode(`x,y\n${rows(first)}`));
    const alone = texts.map((bytes) => readFile(regression, [bytes]).result.profile);
    const pairs = texts.map((bytes) => divide(bytes, [700, 1_400, 2_100]));
    const nested = pairs.map((chunks, index) =>
      readFile(
        regression,
        (function* () {
          for (const chunk of chunks) {
            yield chunk;
            readFile(regression, pairs[(index + 1) % pairs.length] ?? []);
          }
        })(),
      ),
    );
    expect(nested.map(({ result }) => result.profile)).toEqual(alone);
  });

  it("takes files with every kind of feature, whatever the time's format, and none with a column that is two other things", () => {
    const lanes = (features: string, time = "") => {
      const definition = parseDefinition(
        `schemaVersion: 1\nname: kinds\nproblem: regression\ndata:\n  target: { column: y }\n${time}  features:\n${features}gate: { metric: rmse }\n`,
        "kinds.yaml",
      );
      const context: ColumnContext = { reasons: new ReasonCollector(), missing: new Set(), row: 0 };
      const columns = createColumns(definition, context);
      const header = ["n", "c", "b", "d", "t", "y"];
      locateColumns(columns, header);
      const writer = new RowWriter(columns, definition.data, "b");
      const lane = createFastLane({ definition, columns, context, writer, writes: true }, header.length);
      lane?.finish();
      return lane !== undefined;
    };
    const all = "    n: { type: number }\n    c: { type: category }\n    b: { type: boolean }\n    t: { type: text }\n";
    expect(lanes(`${all}    d: { type: timestamp }\n`)).toBe(true);
    expect(lanes(`${all}    d: { type: timestamp, format: "%d/%m/%Y" }\n`, "  time: d\n")).toBe(true);
    expect(lanes(all, '  time: d\n  timeFormat: "%d/%m/%Y"\n')).toBe(true);
    expect(lanes(all, "  time: c\n")).toBe(false);
  });
});
