import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "../harness.ts";

// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html unless a case names another source.
describe("JSONata states", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench([
      fakeLambda({
        echo: (payload) => payload,
        fails: () => {
          throw named("Boom", "b");
        },
      }),
    ]);
  });
  afterAll(() => bench.test.stop());
  const machine = (States: Record<string, object>) => ({
    QueryLanguage: "JSONata",
    StartAt: Object.keys(States)[0],
    States,
  });
  const echo = { Type: "Task", Resource: functionArn("echo") };

  test.each<[source: string, definition: object, input: unknown, output: unknown]>([
    [
      "Output of a Pass",
      machine({ S: { Type: "Pass", Output: { sum: "{% $states.input.a + $states.input.b %}" }, End: true } }),
      { a: 1, b: 2 },
      { sum: 3 },
    ],
    ["without Output, a Pass gives its input", machine({ S: { Type: "Pass", End: true } }), { a: 1 }, { a: 1 }],
    [
      "without Output, a Task gives its result",
      machine({ S: { ...echo, Arguments: { x: "{% $states.input.a %}" }, End: true } }),
      { a: 1 },
      { x: 1 },
    ],
    [
      "Output sees input and result",
      machine({
        S: { ...echo, Arguments: 7, Output: "{% $merge([$states.input, {'r': $states.result}]) %}", End: true },
      }),
      { a: 1 },
      { a: 1, r: 7 },
    ],
    [
      "Assign sees the result; Output does not see what Assign sets",
      machine({
        S: { ...echo, Arguments: 7, Assign: { r: "{% $states.result %}" }, Next: "T" },
        T: { Type: "Pass", Output: "{% $r * 2 %}", End: true },
      }),
      {},
      14,
    ],
    [
      "the documentation's swap",
      machine({
        A: { Type: "Pass", Assign: { x: 3, a: 6 }, Next: "B" },
        B: { Type: "Pass", Assign: { x: "{% $a %}", nextX: "{% $x %}" }, Next: "C" },
        C: { Type: "Pass", Output: "{% [$x, $nextX] %}", End: true },
      }),
      {},
      [6, 3],
    ],
    [
      "Choice with Condition",
      machine({
        C: {
          Type: "Choice",
          Choices: [
            { Condition: "{% $states.input.n > 10 %}", Next: "Big" },
            {
              Condition: "{% $states.input.n > 3 %}",
              Output: "{% {'was': $states.input.n} %}",
              Assign: { seen: true },
              Next: "Mid",
            },
          ],
          Default: "Small",
        },
        Big: { Type: "Succeed" },
        Mid: { Type: "Succeed", Output: { in: "{% $states.input.was %}", seen: "{% $seen %}" } },
        Small: { Type: "Succeed" },
      }),
      { n: 5 },
      { in: 5, seen: true },
    ],
    [
      "Choice falls to its Default with the state's Output",
      machine({
        C: { Type: "Choice", Choices: [{ Condition: false, Next: "Y" }], Default: "N", Output: "fell" },
        Y: { Type: "Succeed" },
        N: { Type: "Succeed" },
      }),
      {},
      "fell",
    ],
    [
      "Wait with Seconds as an expression",
      machine({ W: { Type: "Wait", Seconds: "{% $states.input.s %}", Output: "waited", End: true } }),
      { s: 0 },
      "waited",
    ],
    [
      "Wait until a Timestamp",
      machine({ W: { Type: "Wait", Timestamp: "{% $states.input.t %}", End: true, Output: 1 } }),
      { t: "2020-01-01T00:00:00Z" },
      1,
    ],
    [
      "Map over Items with ItemSelector",
      machine({
        M: {
          Type: "Map",
          Items: "{% $states.input.l %}",
          ItemSelector: {
            v: "{% $states.context.Map.Item.Value %}",
            i: "{% $states.context.Map.Item.Index %}",
            k: "{% $states.input.k %}",
          },
          ItemProcessor: {
            StartAt: "P",
            States: {
              P: { Type: "Pass", Output: "{% $states.input.v * $states.input.k + $states.input.i %}", End: true },
            },
          },
          End: true,
        },
      }),
      { l: [1, 2], k: 10 },
      [10, 21],
    ],
    [
      "Items may be a constant list",
      machine({
        M: {
          Type: "Map",
          Items: [1, "{% 1 + 1 %}"],
          MaxConcurrency: "{% 1 %}",
          ItemProcessor: { StartAt: "P", States: { P: { Type: "Pass", End: true } } },
          End: true,
        },
      }),
      {},
      [1, 2],
    ],
    [
      "Parallel with Arguments",
      machine({
        P: {
          Type: "Parallel",
          Arguments: { x: "{% $states.input.a %}" },
          Branches: [{ StartAt: "B", States: { B: { Type: "Pass", End: true } } }],
          Output: "{% $states.result[0].x %}",
          End: true,
        },
      }),
      { a: 9 },
      9,
    ],
    [
      "Catch with Output and Assign",
      machine({
        T: {
          Type: "Task",
          Resource: functionArn("fails"),
          Catch: [
            {
              ErrorEquals: ["States.ALL"],
              Output: { e: "{% $states.errorOutput.Error %}", i: "{% $states.input.k %}" },
              Assign: { why: "{% $states.errorOutput.Error %}" },
              Next: "D",
            },
          ],
          End: true,
        },
        D: { Type: "Pass", Output: "{% $merge([$states.input, {'why': $why}]) %}", End: true },
      }),
      { k: 1 },
      { e: "Boom", i: 1, why: "Boom" },
    ],
    [
      "without Output, a Catch gives the error output",
      machine({
        T: { Type: "Task", Resource: functionArn("fails"), Catch: [{ ErrorEquals: ["Boom"], Next: "D" }], End: true },
        D: { Type: "Succeed" },
      }),
      {},
      { Error: "Boom", Cause: '{"errorType":"Boom","errorMessage":"b"}' },
    ],
    [
      "a query error can be caught",
      machine({
        T: {
          ...echo,
          Output: "{% $states.input.nope %}",
          Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Output: "caught", Next: "D" }],
          End: true,
        },
        D: { Type: "Succeed" },
      }),
      {},
      "caught",
    ],
    [
      "one JSONata state in a JSONPath machine",
      {
        StartAt: "A",
        States: {
          A: {
            Type: "Pass",
            QueryLanguage: "JSONata",
            Output: "{% $states.input.a * 2 %}",
            Assign: { v: "{% 1 %}" },
            Next: "B",
          },
          B: { Type: "Pass", Parameters: { "a.$": "$", "v.$": "$v" }, End: true },
        },
      },
      { a: 4 },
      { a: 8, v: 1 },
    ],
    [
      "RetryCount is in the context",
      machine({ T: { Type: "Pass", Output: "{% $states.context.State.RetryCount %}", End: true } }),
      {},
      0,
    ],
  ])("%s", async (_source, definition, input, output) => {
    expect(await bench.run(definition, input)).toMatchObject({ status: "SUCCEEDED", output });
  });

  test.each<[source: string, definition: object, error: string, cause: RegExp]>([
    [
      "an undefined result",
      machine({ S: { Type: "Pass", Output: { v: "{% $states.input.missing %}" }, End: true } }),
      "States.QueryEvaluationError",
      /^An error occurred while executing the state 'S' \(entered at the event id #2\)\. The JSONata expression '\$states\.input\.missing' specified for the field 'Output\/v' returned nothing \(undefined\)\.$/,
    ],
    [
      "Items that are no array",
      machine({
        M: {
          Type: "Map",
          Items: "{% 'text' %}",
          ItemProcessor: { StartAt: "P", States: { P: { Type: "Pass", End: true } } },
          End: true,
        },
      }),
      "States.QueryEvaluationError",
      /Expected 'array', but was 'string' for value: "text"/,
    ],
    [
      "TimeoutSeconds that is no number",
      machine({ T: { ...echo, TimeoutSeconds: "{% 'soon' %}", End: true } }),
      "States.QueryEvaluationError",
      /'TimeoutSeconds' returned an unexpected result type. Expected 'number', but was 'string'/,
    ],
    [
      "a Condition that is no boolean",
      machine({ C: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "D" }] }, D: { Type: "Succeed" } }),
      "States.QueryEvaluationError",
      /Expected 'boolean', but was 'number'/,
    ],
    [
      "Fail with expressions",
      machine({ F: { Type: "Fail", Error: "{% 'E' & 1 %}", Cause: "{% $string($states.context.State.Name) %}" } }),
      "E1",
      /^F$/,
    ],
  ])("%s fails", async (_source, definition, error, cause) => {
    const ended = await bench.run(definition);
    expect(ended).toMatchObject({ status: "FAILED", error, cause: expect.stringMatching(cause) });
    if (error !== "States.QueryEvaluationError") return;
    expect((await bench.history(ended.arn)).at(-2)).toMatchObject({
      type: "EvaluationFailed",
      evaluationFailedEventDetails: { error },
    });
  });

  // https://states-language.net/spec.html, "Variable Scope" and "JSONata Evaluation"
  test("the specification's Greet Everyone", async () => {
    const definition = machine({
      "Get Greeting": { Type: "Pass", Assign: { outer: "hello" }, Output: [1], Next: "Greet Everyone" },
      "Greet Everyone": {
        Type: "Map",
        ItemProcessor: {
          StartAt: "Begin",
          States: {
            Begin: { Type: "Pass", Assign: { inner: "world", hi: "{% $outer %}" }, Next: "End" },
            End: { Type: "Succeed", Output: "{% $hi %}" },
          },
        },
        Assign: { outer: 2, inside: "{% $states.result %}" },
        Next: "Goodbye",
      },
      Goodbye: { Type: "Succeed", Output: "{% [$outer, $inside] %}" },
    });
    expect((await bench.run(definition)).output).toEqual([2, "hello"]);
  });

  test("the specification's A Task", async () => {
    const definition = machine({
      GetSampleData: {
        Type: "Pass",
        Assign: {
          student: { name: "Scotland", course: [{ grade: 34 }, { grade: 99 }, { grade: 76 }, { grade: 96 }] },
          class: { teacher: "Bert" },
          two: "the number 2",
        },
        Next: "A Task",
      },
      "A Task": {
        ...echo,
        Arguments: {
          student: "{% $student.name %}",
          classInfo: { teacher: "{% $class.teacher %}" },
          values: [1, "{% $two %}", "three"],
        },
        Output:
          "{% { 'avg': $average($student.course.grade), 'num': $count($student.course), 'sent': $states.result }  %}",
        End: true,
      },
    });
    expect((await bench.run(definition)).output).toEqual({
      avg: 76.25,
      num: 4,
      sent: { student: "Scotland", classInfo: { teacher: "Bert" }, values: [1, "the number 2", "three"] },
    });
  });

  test("without Arguments the state's input is sent (spec)", async () => {
    expect((await bench.run(machine({ T: { ...echo, End: true } }), { a: 1 })).output).toEqual({ a: 1 });
  });

  test("assigned variables are in the exit event, as JSON texts", async () => {
    const ended = await bench.run(machine({ S: { Type: "Pass", Assign: { a: "{% 'x' %}", b: 1 }, End: true } }));
    expect((await bench.history(ended.arn))[2]?.stateExitedEventDetails).toMatchObject({
      assignedVariables: { a: '"x"', b: "1" },
    });
  });
});
