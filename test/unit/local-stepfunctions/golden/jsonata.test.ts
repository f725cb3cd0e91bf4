import { describe, expect, test } from "vitest";
import type { Json } from "../../../../local/services/stepfunctions/asl/json.ts";
import { compileJsonata, evaluateJsonata } from "../../../../local/services/stepfunctions/asl/jsonata.ts";

// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html unless a case names another source.
const scope = {
  variables: { customerName: "María", list: [1, 2, 3] },
  states: {
    input: { title: "Doctor", n: 5, items: [{ p: 2 }, { p: 3 }], nothing: null },
    context: { State: { Name: "S" } },
  },
};
const evaluate = (template: Json) => evaluateJsonata(template, "Output", scope);

describe("templates", () => {
  test.each<[source: string, template: Json, expected: Json]>([
    [
      "the conversion example",
      {
        static: "Hello",
        title: "{% $states.input.title %}",
        name: "{% $customerName %}",
        "not-evaluated": "$customerName",
      },
      { static: "Hello", title: "Doctor", name: "María", "not-evaluated": "$customerName" },
    ],
    ["a whole value may be one expression", "{% $states.input.title %}", "Doctor"],
    ["a space before {% leaves a text", " {% $states.input.title %} ", " {% $states.input.title %} "],
    ["an expression inside a text is text", "Hello {% $customerName %}", "Hello {% $customerName %}"],
    ["expressions in arrays", ["{% 1 + 1 %}", ["{% 'x' %}"]], [2, ["x"]]],
    ["constants stay", { n: null, b: false, f: 0.1, l: [], o: {} }, { n: null, b: false, f: 0.1, l: [], o: {} }],
    ["several lines", "{%\n (\n $a := 2;\n $a * 2\n )\n%}", 4],
    ["null is a value, not undefined", "{% $states.input.nothing %}", null],
    ["the context object", "{% $states.context.State.Name %}", "S"],
    ["sums over a list", "{% $sum($states.input.items.p) %}", 5],
    ["a single match is not a list (JSONata sequences)", "{% $states.input.items[p = 3] %}", { p: 3 }],
    ["unless a list is asked for", "{% [$states.input.items[p = 3]] %}", [{ p: 3 }]],
    ["objects are built", "{% {'a': $list[1], 'b': $states.input.n > 4} %}", { a: 2, b: true }],
    ["lists are mapped", "{% $map($list, function($v) { $v * 10 }) %}", [10, 20, 30]],
    ["objects are merged", "{% $merge([{'a': 1}, {'b': 2}]) %}", { a: 1, b: 2 }],
    [
      "$partition",
      "{% $partition([1,2,3,4], 2) %}",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["$partition, a rest", "{% $partition([1,2,3], 2) %}", [[1, 2], [3]]],
    ["$range", "{% $range(0, 1, 0.25) %}", [0, 0.25, 0.5, 0.75, 1]],
    ["$range, downwards", "{% $range(3, 1, -1) %}", [3, 2, 1]],
    ["$hash", "{% $hash('input data', 'SHA-1') %}", "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    ["$parse", `{% $parse('{"a":[1,2]}').a[1] %}`, 2],
    ["$parse of a text value", "{% $parse($states.input.items[0].p & '1') %}", 21],
  ])("%s", async (_source, template, expected) => {
    expect(await evaluate(template)).toEqual(expected);
  });

  test("$uuid and $random", async () => {
    expect(await evaluate("{% $uuid() %}")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await evaluate("{% $random() %}")).toBeLessThan(1);
    expect(await evaluate("{% $random(7) %}")).toBe(await evaluate("{% $random(7) %}"));
  });

  test.each<[template: Json, cause: RegExp]>([
    [
      "{% $states.input.missing %}",
      /^The JSONata expression '\$states\.input\.missing' specified for the field 'Output' returned nothing \(undefined\)\.$/,
    ],
    [{ v: "{% $missing.x %}" }, /specified for the field 'Output\/v' returned nothing/],
    ["{% 'a' + 1 %}", /threw an error during evaluation/],
    ["{% function($x) { $x } %}", /unsupported result type/],
    ["{% $states.result %}", /returned nothing/],
    ["{% $parse('{') %}", /threw an error/],
    ["{% $hash('x', 'CRC') %}", /MD5/],
  ])("%j is States.QueryEvaluationError", async (template, cause) => {
    await expect(evaluate(template)).rejects.toMatchObject({
      error: "States.QueryEvaluationError",
      errorCause: expect.stringMatching(cause),
    });
  });

  test("$eval does not exist", () => {
    expect(() => compileJsonata("$eval('1+1')")).toThrow(/\$eval is not available/);
  });
});
