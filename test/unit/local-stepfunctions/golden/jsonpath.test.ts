import { describe, expect, test } from "vitest";
import type { Json } from "../../../../local/services/stepfunctions/asl/json.ts";
import { putAtPath, selectPath } from "../../../../local/services/stepfunctions/asl/jsonpath.ts";
import { parsePath } from "../../../../local/services/stepfunctions/asl/jsonpath-parse.ts";
import { fillTemplate } from "../../../../local/services/stepfunctions/asl/payload-template.ts";

// The store of https://goessner.net/articles/JsonPath/, to which the States Language refers.
const STORE: Json = {
  store: {
    book: [
      { category: "reference", author: "Nigel Rees", title: "Sayings of the Century", price: 8.95 },
      { category: "fiction", author: "Evelyn Waugh", title: "Sword of Honour", price: 12.99 },
      { category: "fiction", author: "Herman Melville", title: "Moby Dick", isbn: "0-553-21311-3", price: 8.99 },
      {
        category: "fiction",
        author: "J. R. R. Tolkien",
        title: "The Lord of the Rings",
        isbn: "0-395-19395-8",
        price: 22.99,
      },
    ],
    bicycle: { color: "red", price: 19.95 },
  },
};
const scope = (input: Json) => ({ input, context: { State: { Name: "here" } }, variables: { item: { deep: [7] } } });

describe("Goessner's examples", () => {
  test.each<[path: string, expected: Json]>([
    ["$.store.book[*].author", ["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"]],
    ["$..author", ["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"]],
    ["$.store..price", [8.95, 12.99, 8.99, 22.99, 19.95]],
    ["$..book[2].title", ["Moby Dick"]],
    ["$.store.book[-1].title", "The Lord of the Rings"],
    ["$.store.book[-1:].price", [22.99]],
    ["$.store.book[0,1].price", [8.95, 12.99]],
    ["$.store.book[:2].price", [8.95, 12.99]],
    ["$.store.book[1:3].price", [12.99, 8.99]],
    ["$..book[?(@.isbn)].title", ["Moby Dick", "The Lord of the Rings"]],
    ["$..book[?(@.price<10)].title", ["Sayings of the Century", "Moby Dick"]],
    ["$..book[?(@.price < 10 && @.category == 'fiction')].title", ["Moby Dick"]],
    ["$..book[?(!(@.isbn))].price", [8.95, 12.99]],
    ["$['store']['bicycle']['color']", "red"],
    ["$.store.bicycle['color','price']", ["red", 19.95]],
  ])("%s", (path, expected) => {
    expect(selectPath(path, scope(STORE))).toEqual(expected);
  });
});

describe("paths of the States Language", () => {
  test.each<[source: string, path: string, input: Json, expected: Json | undefined]>([
    ["spec, Reference Paths", "$.foo", { foo: 123, bar: ["a", "b", "c"], car: { cdr: true } }, 123],
    ["spec, Reference Paths", "$.bar", { foo: 123, bar: ["a", "b", "c"], car: { cdr: true } }, ["a", "b", "c"]],
    ["spec, Reference Paths", "$.car.cdr", { foo: 123, bar: ["a", "b", "c"], car: { cdr: true } }, true],
    ["unicode names", "$.Ж", { Ж: "x" }, "x"],
    ["quoted names", "$['a.b']['c d']", { "a.b": { "c d": 2 } }, 2],
    ["a missing value", "$.nothing.here", {}, undefined],
    ["an index beyond the end", "$.a[3]", { a: [1] }, undefined],
    ["a filter without matches is an empty list", "$.a[?(@.x == 1)]", { a: [] }, []],
    ["the context object", "$$.State.Name", {}, "here"],
    ["a variable", "$item.deep[0]", {}, 7],
    ["a variable that was never assigned", "$other", {}, undefined],
    ["the whole input", "$", { a: 1 }, { a: 1 }],
  ])("%s: %s", (_source, path, input, expected) => {
    expect(selectPath(path, scope(input))).toEqual(expected);
  });

  test.each(["a", "$.", "$.a[", "$.a[?(@.b ~ 1)]", "$.a.length()", "$.a b", "$['a"])("refuses %s", (text) => {
    expect(() => parsePath(text)).toThrow(/Invalid path/);
  });
});

describe("ResultPath", () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultpath.html
  test.each<[path: string, input: Json, result: Json, expected: Json | undefined]>([
    [
      "$.taskresult",
      { comment: "An input", data: { val1: 23, val2: 17 } },
      "Hello",
      { comment: "An input", data: { val1: 23, val2: 17 }, taskresult: "Hello" },
    ],
    [
      "$.data.lambdaresult",
      { comment: "x", data: { val1: 23 } },
      6,
      { comment: "x", data: { val1: 23, lambdaresult: 6 } },
    ],
    ["$.data", { data: 1, kept: 2 }, { new: 1 }, { data: { new: 1 }, kept: 2 }],
    ["$.a.b.c", {}, 1, { a: { b: { c: 1 } } }],
    ["$.list[1]", { list: [1, 2, 3] }, "x", { list: [1, "x", 3] }],
    ["$.list[3]", { list: [1] }, "x", undefined],
    ["$.text.inside", { text: "no object" }, 1, undefined],
  ])("%s", (path, input, result, expected) => {
    const before = structuredClone(input);
    expect(putAtPath(input, path, result)).toEqual(expected);
    expect(input).toEqual(before);
  });
});

describe("payload templates", () => {
  test("the example of the specification", () => {
    // https://states-language.net/spec.html#payload-template
    const input = { flagged: 7, vals: [0, 10, 20, 30, 40, 50] };
    const template = {
      flagged: true,
      "parts.$": "$.vals[3:5]",
      nested: { "state.$": "$$.State.Name", list: [{ "first.$": "$.vals[0]" }], constant: "$.vals" },
    };
    expect(fillTemplate(template, scope(input))).toEqual({
      flagged: true,
      parts: [30, 40],
      nested: { state: "here", list: [{ first: 0 }], constant: "$.vals" },
    });
  });

  test("a path that finds nothing is States.Runtime in AWS's words", () => {
    const fill = () => fillTemplate({ "m.$": "$.nope" }, scope({ x: "a" }));
    expect(fill).toThrowError(
      expect.objectContaining({
        error: "States.Runtime",
        errorCause: `The JSONPath '$.nope' specified for the field 'm.$' could not be found in the input '{"x":"a"}'`,
      }),
    );
  });
});
