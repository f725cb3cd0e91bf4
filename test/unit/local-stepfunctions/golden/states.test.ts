import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "../harness.ts";

// "spec" is https://states-language.net/spec.html; "guide" is the page of the state or field in
// https://docs.aws.amazon.com/step-functions/latest/dg/ (for example input-output-example.html, concepts-error-handling.html).
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
      untyped: () => {
        throw named("", "x");
      },
    }),
  ]);
});
afterAll(() => bench.test.stop());

const one = (state: object, rest: object = {}) => ({ StartAt: "S", States: { S: { End: true, ...state } }, ...rest });
let inner = 0;
/** A workflow of one state inside another state; names are unique in a machine. */
const sub = (state: object) => {
  inner += 1;
  return { StartAt: `Inner${inner}`, States: { [`Inner${inner}`]: { End: true, ...state } } };
};
const task = (name: string, rest: object = {}) => ({ Type: "Task", Resource: functionArn(name), ...rest });

describe("JSONPath data flow", () => {
  test.each<[source: string, definition: object, input: unknown, output: unknown]>([
    [
      "spec, Pass with Result and ResultPath (coords of 0,0)",
      one({ Type: "Pass", Result: { "x-datum": 0.381018, "y-datum": 622.2269926397355 }, ResultPath: "$.coords" }),
      { georefOf: "Home" },
      { georefOf: "Home", coords: { "x-datum": 0.381018, "y-datum": 622.2269926397355 } },
    ],
    [
      "spec, ResultPath $.sum",
      one(task("sum", { InputPath: "$.numbers", ResultPath: "$.sum" })),
      { title: "Numbers to add", numbers: { val1: 3, val2: 4 } },
      { title: "Numbers to add", numbers: { val1: 3, val2: 4 }, sum: 7 },
    ],
    ["spec, InputPath null gives an empty object", one({ Type: "Pass", InputPath: null }), { a: 1 }, {}],
    ["spec, OutputPath null gives an empty object", one({ Type: "Pass", OutputPath: null }), { a: 1 }, {}],
    ["spec, ResultPath null discards the result", one(task("echo", { ResultPath: null })), { a: 1 }, { a: 1 }],
    [
      "guide, OutputPath selects",
      one({ Type: "Pass", OutputPath: "$.lambda" }),
      { lambda: { who: "AWS" } },
      { who: "AWS" },
    ],
    [
      "guide, Parameters of a Task",
      one(
        task("echo", {
          Parameters: {
            comment: "Selecting what I care about.",
            MyDetails: { "size.$": "$.product.details.size", "exists.$": "$.product.availability", StaticValue: "foo" },
          },
        }),
      ),
      { product: { details: { color: "blue", size: "small" }, availability: "in stock" } },
      { comment: "Selecting what I care about.", MyDetails: { size: "small", exists: "in stock", StaticValue: "foo" } },
    ],
    [
      "guide, ResultSelector keeps what is wanted",
      one(
        task("echo", {
          ResultSelector: { "ClusterId.$": "$.output.ClusterId", resourceType: "emr" },
          ResultPath: "$.EMROutput",
        }),
      ),
      { output: { ClusterId: "AKIA", noise: 1 }, other: "stays" },
      {
        output: { ClusterId: "AKIA", noise: 1 },
        other: "stays",
        EMROutput: { ClusterId: "AKIA", resourceType: "emr" },
      },
    ],
    [
      "guide, Map with ItemsPath and ItemSelector (shipped parcels)",
      one({
        Type: "Map",
        InputPath: "$.detail",
        ItemsPath: "$.shipped",
        ItemSelector: { "parcel.$": "$$.Map.Item.Value", "courier.$": "$.delivery-partner" },
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...sub({ Type: "Pass" }) },
        ResultPath: "$.detail.shipped",
      }),
      {
        "ship-date": "2016-03-14T01:59:00Z",
        detail: { "delivery-partner": "UQS", shipped: [{ prod: "R31" }, { prod: "S39" }] },
      },
      {
        "ship-date": "2016-03-14T01:59:00Z",
        detail: {
          "delivery-partner": "UQS",
          shipped: [
            { parcel: { prod: "R31" }, courier: "UQS" },
            { parcel: { prod: "S39" }, courier: "UQS" },
          ],
        },
      },
    ],
    [
      "guide, Map with the older Iterator and Parameters",
      one({
        Type: "Map",
        ItemsPath: "$.l",
        Parameters: { "v.$": "$$.Map.Item.Value" },
        Iterator: sub({ Type: "Pass", OutputPath: "$.v" }),
      }),
      { l: [1, 2] },
      [1, 2],
    ],
    [
      "spec, a Map over an empty array gives an empty array",
      one({ Type: "Map", ItemProcessor: sub({ Type: "Pass" }) }),
      [],
      [],
    ],
    [
      "spec, Parallel gives both branches the same input (FunWithMath)",
      one({ Type: "Parallel", Branches: [sub(task("sum")), sub({ Type: "Pass", Result: "second" })] }),
      { val1: 3, val2: 2 },
      [5, "second"],
    ],
    [
      "guide, Parallel with ResultSelector",
      one({
        Type: "Parallel",
        Branches: [sub({ Type: "Pass", Result: 1 }), sub({ Type: "Pass", Result: 2 })],
        ResultSelector: { "first.$": "$[0]" },
        ResultPath: "$.p",
      }),
      { k: 1 },
      { k: 1, p: { first: 1 } },
    ],
    [
      "spec, the context object",
      one({
        Type: "Pass",
        Parameters: {
          "name.$": "$$.State.Name",
          "machine.$": "$$.StateMachine.Name",
          "input.$": "$$.Execution.Input.a",
        },
      }),
      { a: 5 },
      { name: "S", machine: expect.stringMatching(/^machine-/), input: 5 },
    ],
    [
      "spec, Succeed with InputPath",
      { StartAt: "S", States: { S: { Type: "Succeed", InputPath: "$.a" } } },
      { a: "b" },
      "b",
    ],
    ["spec, Wait with SecondsPath", one({ Type: "Wait", SecondsPath: "$.seconds" }), { seconds: 0 }, { seconds: 0 }],
    [
      "spec, Wait until a time in the past",
      one({ Type: "Wait", TimestampPath: "$.expirydate" }),
      { expirydate: "2016-03-14T01:59:00Z" },
      { expirydate: "2016-03-14T01:59:00Z" },
    ],
  ])("%s", async (_source, definition, input, output) => {
    expect(await bench.run(definition, input)).toMatchObject({ status: "SUCCEEDED", output });
  });

  test("spec, the Choice state of the specification goes each of its ways", async () => {
    const definition = {
      StartAt: "DispatchEvent",
      States: {
        DispatchEvent: {
          Type: "Choice",
          Choices: [
            { Not: { Variable: "$.type", StringEquals: "Private" }, Next: "Public" },
            {
              And: [
                { Variable: "$.value", IsPresent: true },
                { Variable: "$.value", NumericGreaterThanEquals: 20 },
                { Variable: "$.value", NumericLessThan: 30 },
              ],
              Next: "ValueInTwenties",
            },
          ],
          Default: "RecordEvent",
        },
        Public: { Type: "Pass", Result: "public", End: true },
        ValueInTwenties: { Type: "Pass", Result: "twenties", End: true },
        RecordEvent: { Type: "Pass", Result: "record", End: true },
      },
    };
    expect((await bench.run(definition, { type: "Public" })).output).toBe("public");
    expect((await bench.run(definition, { type: "Private", value: 22 })).output).toBe("twenties");
    expect((await bench.run(definition, { type: "Private" })).output).toBe("record");
  });
});

describe("errors", () => {
  test.each<[source: string, definition: object, input: unknown, error: string, cause: RegExp]>([
    [
      "a Choice without a match",
      {
        StartAt: "S",
        States: {
          S: { Type: "Choice", Choices: [{ Variable: "$.a", NumericEquals: 1, Next: "T" }] },
          T: { Type: "Succeed" },
        },
      },
      { a: 2 },
      "States.NoChoiceMatched",
      /executing the state 'S' \(entered at the event id #2\)/,
    ],
    [
      "a path that finds nothing",
      one({ Type: "Pass", Parameters: { "address.$": "$.application.address" } }),
      { flagged: false },
      "States.Runtime",
      /^An error occurred while executing the state 'S' \(entered at the event id #2\)\. The JSONPath '\$\.application\.address' specified for the field 'address\.\$' could not be found in the input '\{"flagged":false\}'$/,
    ],
    [
      "a ResultPath through a text",
      one({ Type: "Pass", Result: 1, ResultPath: "$.a.b" }),
      { a: "text" },
      "States.ResultPathMatchFailure",
      /Unable to apply/,
    ],
    [
      "a Map over no array",
      one({ Type: "Map", ItemsPath: "$.a", ItemProcessor: sub({ Type: "Pass" }) }),
      { a: 1 },
      "States.Runtime",
      /must point to array/,
    ],
    [
      "Fail with ErrorPath and CausePath",
      {
        StartAt: "S",
        States: { S: { Type: "Fail", ErrorPath: "$.Error", CausePath: "States.Format('because {}', $.Cause)" } },
      },
      { Error: "Custom", Cause: "so" },
      "Custom",
      /^because so$/,
    ],
    [
      "a function without an error type",
      one(task("untyped")),
      {},
      "Lambda.Unknown",
      /^The cause could not be determined because Lambda did not return an error type\. Returned payload: /,
    ],
  ])("%s is %s", async (_source, definition, input, error, cause) => {
    const ended = await bench.run(definition, input);
    expect(ended).toMatchObject({ status: "FAILED", error, cause: expect.stringMatching(cause) });
  });

  test.each<[errorEquals: string, caught: boolean]>([
    ["ErrorA", true],
    ["ErrorB", false],
    ["States.ALL", true],
    ["States.TaskFailed", true],
    ["States.Timeout", false],
  ])("Catch of %s takes a task's ErrorA: %s", async (errorEquals, caught) => {
    const ended = await bench.run(
      {
        StartAt: "S",
        States: {
          S: { ...task("fails"), Catch: [{ ErrorEquals: [errorEquals], ResultPath: "$.error", Next: "D" }], End: true },
          D: { Type: "Pass", End: true },
        },
      },
      { kept: 1 },
    );
    expect(ended.status).toBe(caught ? "SUCCEEDED" : "FAILED");
    if (caught) expect(ended.output).toMatchObject({ kept: 1, error: { Error: "ErrorA" } });
  });

  test("States.Runtime is never caught", async () => {
    const ended = await bench.run({
      StartAt: "S",
      States: {
        S: {
          ...task("echo"),
          Parameters: { "a.$": "$.b" },
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "D" }],
          End: true,
        },
        D: { Type: "Succeed" },
      },
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  test("the first catcher that matches takes the error", async () => {
    const ended = await bench.run({
      StartAt: "S",
      States: {
        S: {
          ...task("fails"),
          Catch: [
            { ErrorEquals: ["ErrorB"], Next: "B" },
            { ErrorEquals: ["ErrorA"], Next: "A" },
            { ErrorEquals: ["States.ALL"], Next: "B" },
          ],
          End: true,
        },
        A: { Type: "Pass", Result: "a", End: true },
        B: { Type: "Pass", Result: "b", End: true },
      },
    });
    expect(ended.output).toBe("a");
  });
});
