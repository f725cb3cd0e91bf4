import { expect, test } from "vitest";
import { evaluateCall } from "../../../../local/services/stepfunctions/asl/intrinsics.ts";
import { parseCall } from "../../../../local/services/stepfunctions/asl/intrinsics-parse.ts";
import type { Json } from "../../../../local/services/stepfunctions/asl/json.ts";

// Every example of https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html, and of
// https://states-language.net/spec.html#appendix-b (marked "spec").
const evaluate = (call: string, input: Json): Json =>
  evaluateCall(parseCall(call), { input, context: { Execution: { Name: "run" } }, variables: { factor: 3 } });

test.each<[source: string, call: string, input: Json, expected: Json]>([
  ["States.Array", "States.Array($.Id)", { Id: 123456 }, [123456]],
  [
    "spec",
    "States.Array('Foo', 2020, $.someJson, null)",
    { someJson: { random: "abcdefg" } },
    ["Foo", 2020, { random: "abcdefg" }, null],
  ],
  [
    "States.ArrayPartition",
    "States.ArrayPartition($.inputArray,4)",
    { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    [[1, 2, 3, 4], [5, 6, 7, 8], [9]],
  ],
  [
    "States.ArrayContains",
    "States.ArrayContains($.inputArray, $.lookingFor)",
    { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9], lookingFor: 5 },
    true,
  ],
  ["States.ArrayContains, absent", "States.ArrayContains($.inputArray, 50)", { inputArray: [1, 2, 3] }, false],
  ["States.ArrayContains, objects", "States.ArrayContains($.a, $.b)", { a: [{ x: 1, y: 2 }], b: { y: 2, x: 1 } }, true],
  ["States.ArrayRange", "States.ArrayRange(1, 9, 2)", {}, [1, 3, 5, 7, 9]],
  ["States.ArrayRange, downwards", "States.ArrayRange(5, 1, -2)", {}, [5, 3, 1]],
  [
    "States.ArrayGetItem",
    "States.ArrayGetItem($.inputArray, $.index)",
    { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9], index: 5 },
    6,
  ],
  ["States.ArrayLength", "States.ArrayLength($.inputArray)", { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, 9],
  ["States.ArrayUnique", "States.ArrayUnique($.inputArray)", { inputArray: [1, 2, 3, 3, 3, 3, 3, 3, 4] }, [1, 2, 3, 4]],
  ["States.Base64Encode", "States.Base64Encode($.input)", { input: "Data to encode" }, "RGF0YSB0byBlbmNvZGU="],
  ["States.Base64Decode", "States.Base64Decode($.base64)", { base64: "RGF0YSB0byBlbmNvZGU=" }, "Data to encode"],
  [
    "States.Hash",
    "States.Hash($.Data, $.Algorithm)",
    { Data: "input data", Algorithm: "SHA-1" },
    "aaff4a450a104cd177d28d18d74485e8cae074b7",
  ],
  ["States.Hash, MD5", "States.Hash('', 'MD5')", {}, "d41d8cd98f00b204e9800998ecf8427e"],
  [
    "States.Hash, SHA-256",
    "States.Hash('abc', 'SHA-256')",
    {},
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  ],
  [
    "States.JsonMerge",
    "States.JsonMerge($.json1, $.json2, false)",
    { json1: { a: { a1: 1, a2: 2 }, b: 2 }, json2: { a: { a3: 1, a4: 2 }, c: 3 } },
    { a: { a3: 1, a4: 2 }, b: 2, c: 3 },
  ],
  [
    "States.StringToJson",
    "States.StringToJson($.escapedJsonString)",
    { escapedJsonString: '{"foo": "bar"}' },
    { foo: "bar" },
  ],
  ["spec", "States.StringToJson($.someString)", { someString: '{"number":20}' }, { number: 20 }],
  ["States.JsonToString", "States.JsonToString($.unescapedJson)", { unescapedJson: { foo: "bar" } }, '{"foo":"bar"}'],
  ["spec", "States.JsonToString($.someJson)", { someJson: { name: "Foo", year: 2020 } }, '{"name":"Foo","year":2020}'],
  ["States.MathAdd", "States.MathAdd($.value1, $.step)", { value1: 111, step: -1 }, 110],
  ["States.MathAdd, rounding", "States.MathAdd(1.4, 2.6)", {}, 4],
  [
    "States.StringSplit",
    "States.StringSplit($.inputString, $.splitter)",
    { inputString: "1,2,3,4,5", splitter: "," },
    ["1", "2", "3", "4", "5"],
  ],
  [
    "States.StringSplit, several delimiters",
    "States.StringSplit($.inputString, $.splitter)",
    { inputString: "This.is+a,test=string", splitter: ".+,=" },
    ["This", "is", "a", "test", "string"],
  ],
  ["States.Format", "States.Format('Hello, my name is {}.', $.name)", { name: "Arnav" }, "Hello, my name is Arnav."],
  [
    "spec",
    "States.Format('Your name is {}, we are in the year {}', $.name, 2020)",
    { name: "Foo" },
    "Your name is Foo, we are in the year 2020",
  ],
  [
    "States.Format, template from a path",
    "States.Format($.template, $.firstName, $.lastName)",
    { template: "Hello, my name is {} {}.", firstName: "Arnav", lastName: "Jha" },
    "Hello, my name is Arnav Jha.",
  ],
  ["spec, escaped braces", String.raw`States.Format('\{{}\} and \'quotes\' and \\', 1)`, {}, "{1} and 'quotes' and \\"],
  ["spec, objects in a format", "States.Format('{}', $.o)", { o: { a: [1, null] } }, '{"a":[1,null]}'],
  [
    "spec, nested calls",
    "States.Format('Hi {}!', States.ArrayGetItem(States.StringSplit($.names, ','), 1))",
    { names: "Ann,Bob" },
    "Hi Bob!",
  ],
  ["context object", "States.Format('{}', $$.Execution.Name)", {}, "run"],
  ["variables", "States.MathAdd($factor, 1)", {}, 4],
  ["paths with brackets", "States.Array($['a b'], $.list[0])", { "a b": 1, list: [2] }, [1, 2]],
  ["paths with filters", "States.ArrayLength($.l[?(@.n > 1)])", { l: [{ n: 1 }, { n: 2 }, { n: 3 }] }, 2],
])("%s: %s", (_source, call, input, expected) => {
  expect(evaluate(call, input)).toEqual(expected);
});

test("States.MathRandom is at least the start, below the end, and repeatable by its seed", () => {
  for (let round = 0; round < 200; round += 1) {
    const drawn = Number(evaluate("States.MathRandom($.start, $.end)", { start: 1, end: 4 }));
    expect([1, 2, 3]).toContain(drawn);
  }
  expect(evaluate("States.MathRandom(1, 999, 42)", {})).toBe(evaluate("States.MathRandom(1, 999, 42)", {}));
});

test("States.UUID is a version 4 UUID", () => {
  expect(evaluate("States.UUID()", {})).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test.each<[call: string, error: string, cause: RegExp]>([
  ["States.ArrayRange(1, 2000, 1)", "States.IntrinsicFailure", /at most 1000/],
  ["States.ArrayRange(1, 2, 0)", "States.IntrinsicFailure", /step must not be zero/],
  ["States.ArrayGetItem($.list, 9)", "States.IntrinsicFailure", /out of the array's bounds/],
  ["States.ArrayPartition($.list, 0)", "States.IntrinsicFailure", /positive/],
  ["States.ArrayLength('text')", "States.IntrinsicFailure", /array was expected/],
  ["States.Hash('x', 'CRC')", "States.IntrinsicFailure", /MD5, SHA-1/],
  ["States.JsonMerge($.o, $.o, true)", "States.IntrinsicFailure", /shallow/],
  ["States.StringToJson('{')", "States.IntrinsicFailure", /not valid JSON/],
  ["States.Format('{} {}', 1)", "States.IntrinsicFailure", /number of '\{\}'/],
  ["States.MathAdd(2147483647, 1)", "States.IntrinsicFailure", /32 bits/],
  ["States.Nothing(1)", "States.IntrinsicFailure", /unknown intrinsic function/],
  ["States.Array($.missing)", "States.Runtime", /JsonPath argument for the field '\$\.missing' could not be found/],
])("%s fails with %s", (call, error, cause) => {
  expect(() => evaluate(call, { list: [1], o: {} })).toThrowError(
    expect.objectContaining({ error, errorCause: expect.stringMatching(cause) }),
  );
});
