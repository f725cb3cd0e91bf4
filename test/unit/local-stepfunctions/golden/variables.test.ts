import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "../harness.ts";

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench([
    fakeLambda({
      echo: (payload) => payload,
      sum: (payload) => {
        const { val1, val2 } = payload as { val1: number; val2: number };
        return val1 + val2;
      },
      fails: () => {
        throw named("ErrorA", "a");
      },
    }),
  ]);
});
afterAll(() => bench.test.stop());

const task = (name: string, rest: object = {}) => ({ Type: "Task", Resource: functionArn(name), ...rest });

describe("JSONPath variables (https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html)", () => {
  test.each<[source: string, definition: object, input: unknown, output: unknown]>([
    [
      "Assign before, read afterwards",
      {
        StartAt: "A",
        States: {
          A: { Type: "Pass", Assign: { productName: "product1", "count.$": "$.inventory" }, Next: "B" },
          B: {
            Type: "Pass",
            Parameters: { "n.$": "$count", "p.$": "$productName", "sum.$": "States.MathAdd($count, 1)" },
            End: true,
          },
        },
      },
      { inventory: 42 },
      { n: 42, p: "product1", sum: 43 },
    ],
    [
      "all values of one Assign are taken before any is set (swap)",
      {
        StartAt: "A",
        States: {
          A: { Type: "Pass", Assign: { x: 3, a: 6 }, Next: "B" },
          B: { Type: "Pass", Assign: { "x.$": "$a", "nextX.$": "$x" }, Next: "C" },
          C: { Type: "Pass", Parameters: { "x.$": "$x", "nextX.$": "$nextX" }, End: true },
        },
      },
      {},
      { x: 6, nextX: 3 },
    ],
    [
      "in a Task, $ is the raw result",
      {
        StartAt: "A",
        States: {
          A: { ...task("sum"), ResultPath: "$.discarded", OutputPath: "$.val1", Assign: { "r.$": "$" }, Next: "B" },
          B: { Type: "Pass", Parameters: { "r.$": "$r", "in.$": "$" }, End: true },
        },
      },
      { val1: 1, val2: 2 },
      { r: 3, in: 1 },
    ],
    [
      "in a Catch, $ is the error output",
      {
        StartAt: "A",
        States: {
          A: {
            ...task("fails"),
            Catch: [{ ErrorEquals: ["States.ALL"], Assign: { "name.$": "$.Error" }, ResultPath: null, Next: "B" }],
            End: true,
          },
          B: { Type: "Pass", Parameters: { "name.$": "$name", "in.$": "$.i" }, End: true },
        },
      },
      { i: 1 },
      { name: "ErrorA", in: 1 },
    ],
    [
      "inner scopes read outer variables; what they assign stays inside",
      {
        StartAt: "A",
        States: {
          A: { Type: "Pass", Assign: { outer: 1 }, Next: "P" },
          P: {
            Type: "Parallel",
            Branches: [
              {
                StartAt: "I",
                States: {
                  I: { Type: "Pass", Assign: { inner: 2 }, Next: "J" },
                  J: { Type: "Pass", Parameters: { "o.$": "$outer", "i.$": "$inner" }, End: true },
                },
              },
            ],
            End: true,
          },
        },
      },
      {},
      [{ o: 1, i: 2 }],
    ],
    [
      "a Choice rule assigns its own",
      {
        StartAt: "C",
        States: {
          C: {
            Type: "Choice",
            Choices: [{ Variable: "$.a", NumericEquals: 1, Assign: { way: "rule" }, Next: "D" }],
            Default: "D",
            Assign: { way: "default" },
          },
          D: { Type: "Pass", Parameters: { "way.$": "$way" }, End: true },
        },
      },
      { a: 1 },
      { way: "rule" },
    ],
    [
      "a Choice without a match assigns the state's",
      {
        StartAt: "C",
        States: {
          C: {
            Type: "Choice",
            Choices: [{ Variable: "$.a", NumericEquals: 1, Assign: { way: "rule" }, Next: "D" }],
            Default: "D",
            Assign: { way: "default" },
          },
          D: { Type: "Pass", Parameters: { "way.$": "$way" }, End: true },
        },
      },
      { a: 2 },
      { way: "default" },
    ],
  ])("%s", async (_source, definition, input, output) => {
    expect(await bench.run(definition, input)).toMatchObject({ status: "SUCCEEDED", output });
  });
});
