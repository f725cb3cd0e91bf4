import { afterEach, describe, expect, it } from "vitest";
import { validateDefinition } from "../../local/services/stepfunctions/validate/definition.ts";
import { openWorkbench, type Workbench } from "../unit/local-stepfunctions/harness.ts";
import { goldenFile, runGolden } from "./support/run-golden.ts";
import { printSummary } from "./support/summary.ts";

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MAX_PAYLOAD_BYTES = 262_144;
const MAX_DEFINITION_BYTES = 1_048_576;
const MAX_NAME_CHARACTERS = 80;
const MAX_HISTORY_EVENTS = 25_000;

const pass = (extra: object = {}) => ({ StartAt: "S", States: { S: { Type: "Pass", End: true, ...extra } } });
/** A JSON text of so many bytes. */
const textOf = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));

let bench: Workbench | undefined;
afterEach(async () => {
  await bench?.test.stop();
  bench = undefined;
});

describe("the golden suite of the state language", () => {
  it("holds at least 150 cases, all pass, and every file names the pages they come from", async () => {
    const { cases, failed } = await runGolden();
    expect(failed).toEqual([]);
    const total = Object.values(cases).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(150);
    for (const name of Object.keys(cases)) {
      expect(goldenFile(name), name).toMatch(
        /https:\/\/(states-language\.net|docs\.aws\.amazon\.com|docs\.jsonata\.org)/,
      );
    }
    printSummary("Step Functions proof", {
      "golden cases": total,
      ...cases,
      "limits enforced": "payload, definition, names, history",
    });
  });

  it("planted defect: a misread intrinsic (a range that ends one early) fails it", async () => {
    const { failed } = await runGolden({
      file: "local/services/stepfunctions/asl/intrinsics.ts",
      from: "run: ([first, last, step], fail) => range(integer(first, fail), integer(last, fail),",
      to: "run: ([first, last, step], fail) => range(integer(first, fail), integer(last, fail) - 1,",
    });
    expect(failed).toContainEqual(expect.stringContaining("States.ArrayRange"));
  });

  it("planted defect: a Choice that reads a number as text fails it", async () => {
    const { failed } = await runGolden({
      file: "local/services/stepfunctions/asl/choice.ts",
      from: 'typeof value === "number"',
      to: 'typeof value === "string"',
    });
    expect(failed.length).toBeGreaterThan(0);
  });
});

describe("limits", () => {
  it("takes an input of 256 KiB and refuses one byte more", async () => {
    bench = await openWorkbench([]);
    const machine = await bench.create(pass());
    const start = (bytes: number) =>
      bench?.test.cloud.call("stepfunctions", "StartExecution", { stateMachineArn: machine, input: textOf(bytes) });
    const started = await start(MAX_PAYLOAD_BYTES);
    expect(await bench.ended(started?.["executionArn"])).toMatchObject({ status: "SUCCEEDED" });
    await expect(start(MAX_PAYLOAD_BYTES + 1)).rejects.toThrow(/262144|InvalidExecutionInput|too large/i);
  });

  it("takes a definition of 1 MB and refuses one byte more", () => {
    const sized = (bytes: number) => {
      const empty = JSON.stringify({ Comment: "", ...pass() });
      return JSON.stringify({ Comment: "x".repeat(bytes - empty.length), ...pass() });
    };
    expect(validateDefinition(sized(MAX_DEFINITION_BYTES))).toEqual([]);
    expect(validateDefinition(sized(MAX_DEFINITION_BYTES + 1))).toMatchObject([{ code: "SCHEMA_VALIDATION_FAILED" }]);
  });

  it("takes names of 80 characters and refuses 81, for states, machines and executions", async () => {
    bench = await openWorkbench([]);
    const { cloud } = bench.test;
    const state = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Succeed" } } });
    expect(validateDefinition(JSON.stringify(state("x".repeat(MAX_NAME_CHARACTERS))))).toEqual([]);
    expect(validateDefinition(JSON.stringify(state("x".repeat(MAX_NAME_CHARACTERS + 1))))).not.toEqual([]);
    const create = (name: string) =>
      cloud.call("stepfunctions", "CreateStateMachine", {
        name,
        definition: JSON.stringify(pass()),
        roleArn: "arn:aws:iam::000000000000:role/r",
      });
    const { stateMachineArn } = await create("m".repeat(MAX_NAME_CHARACTERS));
    await expect(create("m".repeat(MAX_NAME_CHARACTERS + 1))).rejects.toThrow();
    const start = (name: string) => cloud.call("stepfunctions", "StartExecution", { stateMachineArn, name });
    await start("e".repeat(MAX_NAME_CHARACTERS));
    await expect(start("e".repeat(MAX_NAME_CHARACTERS + 1))).rejects.toThrow();
  });

  it("ends an execution whose history would pass 25,000 events", async () => {
    bench = await openWorkbench([]);
    const ended = await bench.run({
      StartAt: "A",
      States: {
        A: { Type: "Pass", Next: "B" },
        B: { Type: "Choice", Choices: [{ Variable: "$", IsPresent: true, Next: "A" }], Default: "E" },
        E: { Type: "Succeed" },
      },
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ended.cause).toContain(String(MAX_HISTORY_EVENTS));
  });
});

describe("validation", () => {
  it.each([
    ["a Next to nowhere", pass({ End: undefined, Next: "Nowhere" }), /Missing 'Next' target: Nowhere/],
    ["an unknown state type", { StartAt: "S", States: { S: { Type: "Sleep" } } }, /Type/],
    ["a JSONPath field in a JSONata state", { QueryLanguage: "JSONata", ...pass({ InputPath: "$.a" }) }, /InputPath/],
    ["a state that nothing reaches", { StartAt: "S", States: { S: { Type: "Succeed" }, T: { Type: "Succeed" } } }, /T/],
    ["an unknown intrinsic", pass({ Parameters: { "a.$": "States.Sum(1, 2)" } }), /States\.Sum|a\.\$/],
  ])("planted defect: %s is refused by name", (_defect, definition, problem) => {
    const found = validateDefinition(JSON.stringify(definition));
    expect(found.map(({ message, location }) => `${message} at ${location}`).join("\n")).toMatch(problem);
  });
});
