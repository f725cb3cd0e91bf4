import { describe, expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import type { RuleId } from "../../../core/data/reason.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { isMlopsError } from "../../../core/errors/mlops-error.ts";
import { STRIKE_HEADER, strikeDefinition, strikeRows } from "../../fixtures/data/definitions.ts";
import { type FileResult, readText } from "./read-file.ts";

const definition = strikeDefinition();

function csv(...rows: string[]): string {
  return `${[STRIKE_HEADER, ...rows].join("\n")}\n`;
}

function rules({ result }: FileResult): RuleId[] {
  return result.reasons.map((reason) => reason.rule);
}

function accepted({ result }: FileResult) {
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  return result;
}

describe("parts", () => {
  const { parts } = readText(definition, csv(...strikeRows(200)));

  it("of train and validation are CSV with features in the definition's order and the encoded target", () => {
    const [header, first = ""] = parts.train.split("\n");
    expect(header).toBe("speed,phase,size,night,damage");
    expect(first).toMatch(/^\d+,[A-Z][A-Za-z -]+,(Small|Medium|Large),(true|false),[01]$/);
    expect(parts.validation.split("\n")[0]).toBe(header);
  });

  it("of test are held-out rows with the number of the data row", () => {
    const lines = parts.test
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { id, label, features } of lines) {
      const row = Number(id.slice("batch:".length)) - 1;
      expect(features.speed).toBe(100 + (row % 200));
      expect(label).toBe(row % 7 === 0 ? 1 : 0);
      expect(Object.keys(features)).toEqual(["speed", "phase", "size", "night"]);
    }
  });

  it("hold each row once", () => {
    const count = (text: string) => text.split("\n").length - 2;
    expect(count(parts.train) + count(parts.validation) + count(parts.test) + 1).toBe(200);
  });

  it("write missing values as empty fields and nulls, and odd numbers as JSON numbers", () => {
    const rows = strikeRows(60).map((row) => row.replace(/,\d+,([A-Z])/, ",+0050.,$1").replace(/,(true|false),/, ",,"));
    const { parts: odd } = readText(
      strikeDefinition((yaml) => yaml.replace("{ type: boolean }", "{ type: boolean, maxNullFraction: 1 }")),
      csv(...rows),
    );
    expect(odd.train.split("\n")[1]).toMatch(/^50,[A-Z][A-Za-z -]+,\w+,,[01]$/);
    expect(odd.test.split("\n")[0]).toMatch(/"speed":50,.*"night":null\}/);
  });

  it("are the same for a file with more columns and another column order", () => {
    const turned = csv(...strikeRows(100))
      .trimEnd()
      .split("\n")
      .map((line, i) => [...line.split(",").reverse(), i === 0 ? "extra" : "x"].join(","))
      .join("\n");
    expect(readText(definition, turned).parts).toEqual(readText(definition, csv(...strikeRows(100))).parts);
  });
});

describe("verdicts", () => {
  it("give the time range as it stands in the file, compared as instants", () => {
    const rows = [
      "r1,2001-05-01T00:00:00+02:00,1,a,Small,true,None",
      "r2,2001-04-30T23:30:00Z,1,a,Small,true,Minor",
      "r3,2001-04-30,1,a,Small,true,None",
    ];
    expect(accepted(readText(definition, csv(...rows))).timeRange).toEqual({
      from: "2001-04-30",
      to: "2001-04-30T23:30:00Z",
    });
  });

  it("count every finding, and show the first five", () => {
    const rows = strikeRows(30).map((row) => row.replace(/,\d+,([A-Z])/, ",fast,$1"));
    const { result } = readText(definition, csv(...rows));
    expect(result.reasons).toEqual([
      {
        rule: "type",
        column: "speed",
        message:
          'found "fast", expected a number; a missing value is an empty field, or a text listed under data.missing',
        count: 30,
        examples: [1, 2, 3, 4, 5].map((row) => ({ row, value: "fast" })),
      },
    ]);
  });

  it("show at most ten columns of one rule in full", () => {
    const names = Array.from({ length: 25 }, (_, i) => `c${i}`);
    const wide = parseDefinition(
      `{schemaVersion: 1, name: wide, problem: regression, data: {target: {column: y}, features: {${names.map((name) => `${name}: {type: number}`).join(", ")}}}, gate: {metric: rmse}}`,
      "wide.yaml",
    );
    const { result } = readText(wide, `${names.join(",")},y\n${names.map(() => "x").join(",")},1\n`);
    expect(result.reasons.length).toBe(11);
    expect(result.reasons.at(-1)).toMatchObject({ rule: "type", count: 15 });
    expect(result.reasons.at(-1)?.message).toContain('15 more columns: "c10", "c11"');
  });

  it("suggest the column that was probably meant", () => {
    const { result } = readText(definition, csv(...strikeRows(5)).replace("speed", "Sped"));
    expect(result.reasons[0]?.message).toContain('did you mean "Sped"? Rename it');
  });

  it("refuse unknown columns only when the definition says so", () => {
    const strict = strikeDefinition((yaml) =>
      yaml.replace("  key:", "  unknownColumns: reject\n  ignore: [comment]\n  key:"),
    );
    const withColumn = (name: string) =>
      csv(...strikeRows(3))
        .replaceAll("\n", ",x\n")
        .replace(",x\n", `,${name}\n`);
    expect(rules(readText(strict, withColumn("remark")))).toEqual(["column-unknown"]);
    expect(rules(readText(strict, withColumn("comment")))).toEqual([]);
    expect(rules(readText(definition, withColumn("remark")))).toEqual([]);
  });

  it("ask for the minimum of rows, and for a file that is not too large", () => {
    const many = strikeDefinition((yaml) => yaml.replace("  key:", "  minimumRows: 10\n  maxFileMegabytes: 1\n  key:"));
    expect(rules(readText(many, csv(...strikeRows(9))))).toEqual(["too-few-rows"]);
    expect(rules(readText(many, csv(...strikeRows(10))))).toEqual([]);
    expect(rules(readText(many, csv(...strikeRows(30_000))))).toEqual(["file-too-large"]);
  });

  it("accept a constant target when the definition says so", () => {
    const rows = strikeRows(100).map((row) => row.replace(/Minor$/, "None"));
    const lenient = strikeDefinition((yaml) => yaml.replace("  key:", "  constantTarget: accept\n  key:"));
    expect(rules(readText(definition, csv(...rows)))).toEqual(["target-constant"]);
    expect(rules(readText(lenient, csv(...rows)))).toEqual([]);
  });

  it("treat a declared value as a value even if it is one of the missing texts", () => {
    const declared = strikeDefinition((yaml) =>
      yaml.replace("[Small, Medium, Large]", "[Small, NA]").replace("[None]", '["null"]'),
    );
    const { profile } = accepted(
      readText(declared, csv("r1,2001-01-01,1,a,NA,true,null", "r2,2001-01-01,1,a,Small,true,Minor")),
    );
    expect(profile.features["size"]).toMatchObject({ nulls: 0, levels: { NA: 1, Small: 1 } });
    expect(profile.target).toEqual({ type: "binary", positive: 1, negative: 1 });
  });

  it("compare target values by meaning: 1 and 1.0, True and true", () => {
    const yaml = (positive: string) =>
      strikeDefinition((text) => text.replace("positive: [Minor, Substantial], negative: [None]", positive));
    const outcomes = (...values: string[]) =>
      csv(...values.map((value, i) => `r${i},2001-01-01,1,a,Small,true,${value}`));
    const one = accepted(readText(yaml("positive: [1], negative: [0]"), outcomes("1", "1.0", "0", "0.00", " 1 ")));
    expect(one.profile.target).toEqual({ type: "binary", positive: 3, negative: 2 });
    const yes = accepted(readText(yaml("positive: [true]"), outcomes("TRUE", "true", "False")));
    expect(yes.profile.target).toEqual({ type: "binary", positive: 2, negative: 1 });
  });

  it("are the same for further rows after a fatal problem: the rest is not read", () => {
    const ingest = createIngest(definition, { batchId: "b" });
    ingest.write(new TextEncoder().encode(csv(...strikeRows(3))));
    ingest.write(Uint8Array.of(0xff));
    expect(ingest.isHopeless).toBe(true);
    ingest.write(new TextEncoder().encode("more"));
    expect(ingest.end().reasons.map((reason) => reason.rule)).toEqual(["encoding"]);
  });

  it("cannot be asked for twice", () => {
    const ingest = createIngest(definition, { batchId: "b" });
    ingest.end();
    for (const misuse of [() => ingest.end(), () => ingest.write(new Uint8Array(1))]) {
      try {
        misuse();
        expect.unreachable();
      } catch (error) {
        expect(isMlopsError(error, "data.ingest-misuse")).toBe(true);
      }
    }
  });
});

describe("other problems than binary classification", () => {
  const yaml = (problem: string, target: string) =>
    parseDefinition(
      `{schemaVersion: 1, name: other, problem: ${problem}, data: {target: ${target}, features: {x: {type: number}}}, gate: {metric: ${problem === "regression" ? "rmse" : "accuracy"}}}`,
      "other.yaml",
    );
  const rows = (values: string[]) => `x,y\n${values.map((value, i) => `${i},${value}\n`).join("")}`;
  const sixty = Array.from({ length: 60 }, (_, i) => i);

  it("write regression targets as numbers", () => {
    const file = readText(yaml("regression", "{column: y, min: 0}"), rows(sixty.map((i) => `${i}.5`)));
    const { profile } = accepted(file);
    expect(profile.target).toMatchObject({ type: "regression", count: 60, min: 0.5, max: 59.5, mean: 30 });
    expect(file.parts.train).toMatch(/^x,y\n\d+,\d+\.5\n/);
    expect(JSON.parse(file.parts.test.split("\n")[0] ?? "").label).toBeTypeOf("number");
  });

  it("refuse regression targets that are no numbers, out of range, missing or constant", () => {
    const regression = yaml("regression", "{column: y, min: 0}");
    expect(rules(readText(regression, rows(["1", "two"])))).toEqual(["target-value"]);
    expect(rules(readText(regression, rows(["1", "-2"])))).toEqual(["target-value"]);
    expect(rules(readText(regression, rows(["1", "NA", ""])))).toEqual(["target-missing"]);
    expect(rules(readText(regression, rows(sixty.map(() => "7"))))).toEqual(["target-constant"]);
  });

  it("write multiclass targets as class names", () => {
    const file = readText(
      yaml("multiclass-classification", "{column: y}"),
      rows(sixty.map((i) => ["red", '"gr, een"', "blue"][i % 3] ?? "")),
    );
    expect(accepted(file).profile.target).toMatchObject({
      type: "multiclass",
      levels: { red: 20, "gr, een": 20, blue: 20 },
    });
    expect(file.parts.train).toContain(',"gr, een"\n');
    expect(file.parts.test).toContain('"label":"red"');
  });

  it("refuse classes that are not declared", () => {
    const file = readText(
      yaml("multiclass-classification", "{column: y, classes: [red, blue]}"),
      rows(["red", "blue", "rde"]),
    );
    expect(file.result.reasons[0]).toMatchObject({
      rule: "target-value",
      count: 1,
      examples: [{ row: 3, value: "rde" }],
    });
    expect(file.result.reasons[0]?.message).toContain('did you mean "red"?');
  });
});

describe("JSON Lines", () => {
  const jsonl = strikeDefinition((yaml) => yaml.replace("data:\n", "data:\n  format: jsonl\n"));
  const row = { id: "r1", date: "2001-01-01", speed: 120, phase: "Climb", size: "Small", night: true, damage: "None" };
  const lines = (...objects: unknown[]) => objects.map((object) => `${JSON.stringify(object)}\n`).join("");

  it("are accepted with any member order, nulls, absent members and unicode escapes", () => {
    const text = `${lines(row, { ...row, speed: null }, Object.fromEntries(Object.entries(row).reverse()))}\n{"damage":"Minor","size":"Large","phase":"\\u0043l\\u00fcmb \\ud83d\\udeec","speed":1.5e2,"night":false,"date":"2001-01-02"}`;
    const { profile } = accepted(readText(jsonl, text));
    expect(profile.features["phase"]).toMatchObject({ levels: { Climb: 3, "Clümb 🛬": 1 } });
    expect(profile.features["speed"]).toMatchObject({ count: 3, nulls: 1, max: 150 });
  });

  it.each([
    ["text in a number", lines({ ...row, speed: "120" }), "type"],
    ["a nested value", lines({ ...row, phase: { name: "Climb" } }), "type"],
    ["a number that overflows", lines(row).replace("120", "1e999"), "type"],
    ["an array file", "[\n{}\n]\n", "format"],
    ["a CSV file", csv(...strikeRows(3)), "format"],
    ["a cut-off line", lines(row).slice(0, -10), "format"],
    ["trailing text", `${JSON.stringify(row)} x\n`, "format"],
    ["single quotes", "{'id': 1}\n", "format"],
    ["NaN", lines(row).replace("120", "NaN"), "format"],
    ["a number with leading zeros", lines(row).replace("120", "0120"), "format"],
    ["a raw control character", lines(row).replace("Climb", "Cl\timb"), "format"],
    ["one member twice", lines(row).replace('"speed":120', '"speed":120,"speed":130'), "column-duplicate"],
    ["a target that one object lacks", lines(row, { ...row, damage: undefined }), "target-missing"],
    ["nothing", "\n\n", "empty-file"],
  ])("with %s are refused", (_, text, rule) => {
    expect(rules(readText(jsonl, text))).toContain(rule);
  });

  it("name members that no object has", () => {
    const { result } = readText(jsonl, lines({ ...row, speed: undefined }, { ...row, speed: undefined }));
    expect(result.reasons.map(({ rule, column }) => [rule, column])).toContainEqual(["column-missing", "speed"]);
  });
});
