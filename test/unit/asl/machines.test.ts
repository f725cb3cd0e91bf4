import aslValidator from "asl-validator";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { deliveryMachine } from "../../../core/asl/delivery-machine.ts";
import { ingestMachine } from "../../../core/asl/ingest-machine.ts";
import { monitoringMachine } from "../../../core/asl/monitoring-machine.ts";
import { trainingMachine } from "../../../core/asl/training-machine.ts";
import type { StateMachine } from "../../../core/asl/types.ts";

const fn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const machines: Record<string, StateMachine> = {
  training: trainingMachine({
    planFunctionArn: fn("plan"),
    gateFunctionArn: fn("gate"),
    registerFunctionArn: fn("register"),
    failFunctionArn: fn("fail"),
    finishFunctionArn: fn("finish"),
    deliveryStateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:delivery",
  }),
  delivery: deliveryMachine({
    planFunctionArn: fn("plan"),
    smokeFunctionArn: fn("smoke"),
    completeFunctionArn: fn("complete"),
    failFunctionArn: fn("fail"),
  }),
  ingest: ingestMachine({ rangeFunctionArn: fn("range"), mergeFunctionArn: fn("merge") }),
  monitoring: monitoringMachine({ dueFunctionArn: fn("due"), driftCheckFunctionArn: fn("check") }),
};

/** Every JSONata expression of a definition, with the place it stands at. */
function expressions(value: unknown, path = ""): Array<[string, string]> {
  if (typeof value === "string") {
    return value.startsWith("{%") ? [[path, value.slice(2, -2)]] : [];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, member]) => expressions(member, `${path}/${key}`));
}

/** Every state of a definition, also those inside Parallel and Map. */
function states(machine: { States: Record<string, unknown> }): Array<[string, Record<string, unknown>]> {
  return Object.entries(machine.States).flatMap(([name, value]) => {
    const state = value as Record<string, unknown>;
    const inner = [
      ...((state["Branches"] as never[]) ?? []),
      ...(state["ItemProcessor"] ? [state["ItemProcessor"]] : []),
    ];
    return [[name, state] as [string, Record<string, unknown>], ...inner.flatMap((branch) => states(branch as never))];
  });
}

describe.each(Object.entries(machines))("the %s machine", (_name, machine) => {
  it("passes asl-validator", () => {
    const result = aslValidator(JSON.parse(JSON.stringify(machine)), { checkPaths: true, checkArn: true });
    expect(result.errorsText("\n")).toBe("");
    expect(result.isValid).toBe(true);
  });

  it("holds JSONata that parses, and never $eval", () => {
    const found = expressions(JSON.parse(JSON.stringify(machine)));
    expect(found.length).toBeGreaterThan(3);
    for (const [path, expression] of found) {
      expect(() => jsonata(expression), `${path}: ${expression}`).not.toThrow();
      expect(expression).not.toContain("$eval");
    }
  });

  it("retries every task, with jitter and a ceiling", () => {
    for (const [name, state] of states(machine as never)) {
      if (state["Type"] !== "Task") continue;
      const rules = state["Retry"] as Array<Record<string, unknown>>;
      expect(rules?.length, name).toBeGreaterThan(0);
      for (const rule of rules) {
        expect(rule["JitterStrategy"], name).toBe("FULL");
        expect(rule["MaxDelaySeconds"], name).toBeTypeOf("number");
      }
    }
  });

  it("stays far below the limit of 1 MB", () => {
    expect(JSON.stringify(machine).length).toBeLessThan(50_000);
  });
});

describe("failure paths", () => {
  const recordsFailure = [
    "Record failure",
    "Inspect before roll-back",
    // A refused update may be under way; these look before they give up.
    "Wait",
    "Endpoint is there?",
    "Model is there?",
    "Config is there?",
    "Does the training job run?",
    "Does the challenger's transform job run?",
    "Does the champion's transform job run?",
  ];

  it.each([
    [
      "training",
      [
        "Finish",
        "Finish without training",
        "Record failure",
        "Finish after failure",
        // They stand in a branch: what fails there fails the Parallel state.
        "Look at the challenger's transform job",
        "Look at the champion's transform job",
      ],
    ],
    ["delivery", ["Record failure"]],
  ] as const)("lead every task of %s to the recorded failure", (name, exempt) => {
    const machine = machines[name] as StateMachine;
    for (const [stateName, state] of states(machine as never)) {
      if (state["Type"] !== "Task" || (exempt as readonly string[]).includes(stateName)) continue;
      const handlers = state["Catch"] as Array<{ ErrorEquals: string[]; Next: string }>;
      expect(handlers?.at(-1)?.ErrorEquals, stateName).toEqual(["States.ALL"]);
      expect(recordsFailure, stateName).toContain(handlers?.at(-1)?.Next);
    }
  });
});
