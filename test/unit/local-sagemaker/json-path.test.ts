import { describe, expect, it } from "vitest";
import { parseJsonPath } from "../../../local/services/sagemaker/json-path.ts";

const record = { id: "x", features: { a: 1, "b c": [1, 2] }, "it's": true };
const row = ["a", "b", "c", "d", "e", "f"];

describe("JSONPath of batch transform", () => {
  // The table of operators in AWS's documentation, and its examples.
  it.each([
    ["$", record, record],
    ["$.id", record, "x"],
    ["$.features.a", record, 1],
    ["$['features']['b c'][1]", record, 2],
    ["$.['id','features']", record, { id: "x", features: record.features }],
    ["$['it\\'s']", record, true],
    ["$.features.*", record, [1, [1, 2]]],
    ["$[1]", row, "b"],
    ["$[-1]", row, "f"],
    ["$[1,3,5]", row, ["b", "d", "f"]],
    ["$[1:4]", row, ["b", "c", "d", "e"]],
    ["$[5:]", row, ["f"]],
    ["$[:5]", row, row],
  ])("%s", (path, value, expected) => {
    expect(parseJsonPath(path, "OutputFilter").select(value)).toEqual(expected);
  });

  it("selects nothing where there is nothing", () => {
    expect(parseJsonPath("$.missing.deeper", "InputFilter").select(record)).toBeUndefined();
    expect(parseJsonPath("$[9]", "InputFilter").select(row)).toBeUndefined();
    expect(parseJsonPath("$.constructor", "InputFilter").select(record)).toBeUndefined();
  });

  it.each(["features", "$..a", "$.a[?(@.b)]", "$.a b"])("refuses %s", (path) => {
    expect(() => parseJsonPath(path, "InputFilter")).toThrow(/InputFilter/);
  });
});
