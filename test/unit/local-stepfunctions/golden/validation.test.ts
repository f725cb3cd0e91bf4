import { describe, expect, test } from "vitest";
import { validateDefinition } from "../../../../local/services/stepfunctions/validate/definition.ts";
import { invalidDefinitionMessage } from "../../../../local/services/stepfunctions/validate/diagnostics.ts";

// Rules: https://states-language.net/spec.html and the page of each state in
// https://docs.aws.amazon.com/step-functions/latest/dg/; wording: the answers of
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html.
const messages = (definition: unknown) =>
  validateDefinition(typeof definition === "string" ? definition : JSON.stringify(definition)).map(
    ({ code, message, location }) => `${code}: ${message}${location === undefined ? "" : ` at ${location}`}`,
  );
const one = (state: object, top: object = {}) => ({ StartAt: "S", States: { S: state }, ...top });
const jsonata = { QueryLanguage: "JSONata" };
const lambda = "arn:aws:lambda:us-east-1:000000000000:function:f";

describe("what AWS answers (ValidateStateMachineDefinition, recorded)", () => {
  test.each<[definition: unknown, message: string]>([
    ["", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object"],
    [{}, "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"],
    [
      { States: { A: { Type: "Pass", End: true } } },
      "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /",
    ],
    [
      { ...jsonata, StartAt: "Pass", States: { Pass: { Type: "Pass", QueryLanguage: "JSONPath", End: true } } },
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/Pass",
    ],
    [
      one({ Type: "Pass", Next: "Nowhere" }),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/S/Next",
    ],
    [
      { StartAt: "A", States: { A: { Type: "Pass", End: true }, B: { Type: "Pass", End: true } } },
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ],
  ])("%j", (definition, message) => {
    expect(messages(definition)).toContain(message);
  });
});

describe("what is wrong is named with its place", () => {
  test.each<[definition: unknown, place: string, problem: RegExp]>([
    ["{", "INVALID_JSON_DESCRIPTION", /JSON/],
    [one({ Type: "Pass" }), "at /States/S", /One of 'Next' and 'End': true is required/],
    [one({ Type: "Pass", Next: "S", End: true }), "at /States/S", /Only one of 'Next' and 'End'/],
    [one({ Type: "Pass", Next: "S" }), "at /States", /No terminal state/],
    [one({ Type: "Pas", End: true }), "at /States/S/Type", /must be one of/],
    [one({ Type: "Pass", End: true, Foo: 1 }), "at /States/S", /Field 'Foo' is not supported by states of type Pass/],
    [one({ Type: "Pass", End: true, Arguments: {} }), "at /States/S", /Field 'Arguments' is not supported/],
    [one({ Type: "Pass", End: true, Output: 1 }), "at /States/S", /only supported when 'QueryLanguage' is 'JSONata'/],
    [
      one({ Type: "Task", Resource: lambda, Parameters: {}, End: true }, jsonata),
      "at /States/S",
      /only supported when 'QueryLanguage' is 'JSONPath'/,
    ],
    [
      one({ Type: "Task", Resource: lambda, ResultPath: "$.a", End: true }, jsonata),
      "at /States/S",
      /'ResultPath' is only supported/,
    ],
    [one({ Type: "Task", End: true }), "at /States/S", /required: \[Resource\]/],
    [one({ Type: "Task", Resource: "lambda:f", End: true }), "at /States/S/Resource", /not a valid resource ARN/],
    [
      one({ Type: "Task", Resource: "arn:aws:states:::glue:startJobRun.sync", End: true }),
      "at /States/S/Resource",
      /'glue' is not supported/,
    ],
    [
      one({ Type: "Task", Resource: "arn:aws:states:::sagemaker:createModel.sync", End: true }),
      "at /States/S/Resource",
      /does not support the integration pattern '\.sync'/,
    ],
    [
      one({ Type: "Task", Resource: "arn:aws:states:::aws-sdk:athena:listTables", End: true }),
      "at /States/S/Resource",
      /'aws-sdk:athena' is not supported/,
    ],
    [
      one({ Type: "Task", Resource: "arn:aws:states:::aws-sdk:s3:getNothing", End: true }),
      "at /States/S/Resource",
      /'aws-sdk:s3:getNothing' is not supported/,
    ],
    [
      one({ Type: "Task", Resource: "arn:aws:states:us-east-1:000000000000:activity:a", End: true }),
      "at /States/S/Resource",
      /Activities are not supported/,
    ],
    [one({ Type: "Task", Resource: lambda, TimeoutSeconds: 0, End: true }), "at /States/S/TimeoutSeconds", /from 1 to/],
    [
      one({ Type: "Task", Resource: lambda, TimeoutSeconds: 5, HeartbeatSeconds: 5, End: true }),
      "at /States/S/HeartbeatSeconds",
      /smaller than TimeoutSeconds/,
    ],
    [
      one({ Type: "Task", Resource: lambda, TimeoutSeconds: 5, TimeoutSecondsPath: "$.t", End: true }),
      "at /States/S",
      /Only one of 'TimeoutSeconds' and/,
    ],
    [
      one({ Type: "Pass", Parameters: { "a.$": "no path" }, End: true }),
      "at /States/S/Parameters/a.$",
      /not a valid JSONPath/,
    ],
    [
      one({ Type: "Pass", Parameters: { "a.$": "States.Foo()" }, End: true }),
      "at /States/S/Parameters/a.$",
      /unknown intrinsic function/,
    ],
    [
      one({ Type: "Pass", Parameters: { "a.$": "States.Hash('x')" }, End: true }),
      "at /States/S/Parameters/a.$",
      /takes 2 arguments, got 1/,
    ],
    [
      one({ Type: "Pass", Parameters: { a: 1, "a.$": "$.b" }, End: true }),
      "at /States/S/Parameters/a.$",
      /given twice/,
    ],
    [one({ Type: "Pass", ResultPath: "$.a[*]", End: true }), "at /States/S/ResultPath", /not a Reference Path/],
    [one({ Type: "Pass", InputPath: "a", End: true }), "at /States/S/InputPath", /not a valid JSONPath/],
    [
      one({ Type: "Pass", Output: "{% 1 + %}", End: true }, jsonata),
      "at /States/S/Output",
      /JSONata expression is not valid/,
    ],
    [
      one({ Type: "Pass", Output: "{% 1 + 1", End: true }, jsonata),
      "at /States/S/Output",
      /must start with '\{%' and end with '%\}'/,
    ],
    [
      one({ Type: "Pass", Output: "{% $eval('1') %}", End: true }, jsonata),
      "at /States/S/Output",
      /\$eval is not available/,
    ],
    [one({ Type: "Pass", Assign: { states: 1 }, End: true }), "at /States/S/Assign/states", /reserved/],
    [one({ Type: "Pass", Assign: { "1a": 1 }, End: true }), "at /States/S/Assign/1a", /not a valid variable name/],
    [one({ Type: "Wait", End: true }), "at /States/S", /Exactly one of \[Seconds/],
    [one({ Type: "Wait", Seconds: 1, Timestamp: "2020-01-01T00:00:00Z", End: true }), "at /States/S", /Exactly one of/],
    [one({ Type: "Wait", Timestamp: "tomorrow", End: true }), "at /States/S/Timestamp", /RFC 3339/],
    [one({ Type: "Choice", Choices: [] }), "at /States/S/Choices", /non-empty array/],
    [
      one({ Type: "Choice", Choices: [{ Variable: "$.a", NumericEquals: "1", Next: "S" }] }),
      "at /States/S/Choices[0]/NumericEquals",
      /must be a number/,
    ],
    [
      one({ Type: "Choice", Choices: [{ Variable: "$.a", Next: "S" }] }),
      "at /States/S/Choices[0]",
      /exactly one comparison operator/,
    ],
    [
      one({ Type: "Choice", Choices: [{ Not: { Variable: "$.a", IsNull: true, Next: "S" }, Next: "S" }] }),
      "at /States/S/Choices[0]/Not",
      /nested rule/,
    ],
    [one({ Type: "Choice", Choices: [{ Next: "S" }] }, jsonata), "at /States/S/Choices[0]", /required: \[Condition\]/],
    [
      one({ Type: "Choice", Choices: [{ Condition: "{% true %}", Variable: "$.a", Next: "S" }] }, jsonata),
      "at /States/S/Choices[0]",
      /Field 'Variable' is not supported/,
    ],
    [
      one({ Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "X" }] }),
      "at /States/S/Choices[0]/Next",
      /Missing 'Next' target: X/,
    ],
    [
      one({ Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "S" }], Default: "X" }),
      "at /States/S/Default",
      /Missing 'Next' target: X/,
    ],
    [one({ Type: "Succeed", Next: "S" }), "at /States/S", /Field 'Next' is not supported/],
    [one({ Type: "Fail", End: true }), "at /States/S", /Field 'End' is not supported/],
    [one({ Type: "Parallel", End: true }), "at /States/S", /required: \[Branches\]/],
    [
      one({ Type: "Parallel", Branches: [{ StartAt: "X", States: {} }], End: true }),
      "at /States/S/Branches[0]/States",
      /at least one state/,
    ],
    [
      one({ Type: "Parallel", Branches: [{ StartAt: "S", States: { S: { Type: "Succeed" } } }], End: true }),
      "at /States/S/Branches[0]/States/S",
      /Duplicate State name: S/,
    ],
    [one({ Type: "Map", End: true }), "at /States/S", /required: \[ItemProcessor\]/],
    [
      one({
        Type: "Map",
        ItemProcessor: { StartAt: "I", States: { I: { Type: "Succeed" } } },
        ToleratedFailureCount: 1,
        End: true,
      }),
      "at /States/S",
      /only supported in DISTRIBUTED mode/,
    ],
    [
      one({
        Type: "Map",
        ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "I", States: { I: { Type: "Succeed" } } },
        End: true,
      }),
      "at /States/S/ItemProcessor/ProcessorConfig",
      /ExecutionType/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Retry: [{ ErrorEquals: ["States.ALL", "A"] }], End: true }),
      "at /States/S/Retry[0]/ErrorEquals",
      /must appear alone/,
    ],
    [
      one({
        Type: "Task",
        Resource: lambda,
        Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["A"] }],
        End: true,
      }),
      "at /States/S/Retry[0]/ErrorEquals",
      /only allowed in the last element/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Retry: [{ ErrorEquals: ["States.Typo"] }], End: true }),
      "at /States/S/Retry[0]/ErrorEquals",
      /not a reserved error name/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Retry: [{ ErrorEquals: ["A"], BackoffRate: 0.5 }], End: true }),
      "at /States/S/Retry[0]/BackoffRate",
      /at least 1\.0/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Retry: [{ ErrorEquals: ["A"], JitterStrategy: "SOME" }], End: true }),
      "at /States/S/Retry[0]/JitterStrategy",
      /\[FULL, NONE\]/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Catch: [{ ErrorEquals: ["A"] }], End: true }),
      "at /States/S/Catch[0]",
      /required: \[Next\]/,
    ],
    [
      one({ Type: "Task", Resource: lambda, Catch: [{ ErrorEquals: ["A"], Next: "X" }], End: true }),
      "at /States/S/Catch[0]/Next",
      /Missing 'Next' target: X/,
    ],
    [
      one(
        { Type: "Task", Resource: lambda, Catch: [{ ErrorEquals: ["A"], Next: "S", ResultPath: "$.a" }], End: true },
        jsonata,
      ),
      "at /States/S/Catch[0]",
      /Field 'ResultPath' is not supported/,
    ],
    [{ StartAt: "S", States: { S: { Type: "Succeed" } }, Extra: 1 }, "at /", /Field 'Extra' is not supported/],
    [
      { StartAt: "S", States: { ["x".repeat(81)]: { Type: "Succeed" } } },
      `at /States/${"x".repeat(81)}`,
      /at most 80 characters/,
    ],
  ])("%j", (definition, place, problem) => {
    const found = messages(definition);
    expect(
      found.some((each) => each.includes(place) && problem.test(each)),
      found.join("\n"),
    ).toBe(true);
  });
});

test("an inner scope must not assign an outer variable (spec, Variable Scope)", () => {
  const inner = { StartAt: "Begin", States: { Begin: { Type: "Pass", Assign: { outer: 1 }, End: true } } };
  const definition = one({ Type: "Map", ItemProcessor: inner, Assign: { outer: 2 }, End: true }, jsonata);
  expect(messages(definition)).toEqual([
    "SCHEMA_VALIDATION_FAILED: The variable 'outer' is assigned in an outer scope already at /States/S/ItemProcessor/States/Begin/Assign/outer",
  ]);
});

test("a whole Arguments value may be one expression", () => {
  const state = {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: "{% $states.input.request %}",
    End: true,
  };
  expect(messages(one(state, jsonata))).toEqual([]);
});

test("the message of InvalidDefinition is AWS's", () => {
  expect(invalidDefinitionMessage(validateDefinition('{"States":{}}'))).toBe(
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /'",
  );
});
