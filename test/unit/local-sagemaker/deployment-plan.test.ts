import type { BlueGreenUpdatePolicy, DeploymentConfig } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { planDeployment, requireSameVariantNames } from "../../../local/services/sagemaker/deployment-plan.ts";
import type { VariantRecord } from "../../../local/services/sagemaker/records.ts";

const variant = (name: string, instanceCount = 4): VariantRecord => ({
  name,
  modelName: "m",
  image: "i",
  weight: 1,
  instanceCount,
  instanceType: "ml.m5.large",
});
type Routing = NonNullable<BlueGreenUpdatePolicy["TrafficRoutingConfiguration"]>;
const policy = (routing: Routing, change: Partial<BlueGreenUpdatePolicy> = {}): DeploymentConfig => ({
  BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing, ...change },
});
const shares = (config: DeploymentConfig) =>
  planDeployment(config, [variant("a")]).steps.map(({ percent, waitSeconds }) => [percent, waitSeconds]);

describe("deployment plans", () => {
  it("give all traffic at once without a policy", () => {
    expect(planDeployment(undefined, [variant("a")])).toMatchObject({
      steps: [{ percent: 100, waitSeconds: 0 }],
      alarmNames: [],
    });
  });

  it("shift a canary, then the rest", () => {
    const canary = policy(
      { Type: "CANARY", WaitIntervalInSeconds: 60, CanarySize: { Type: "INSTANCE_COUNT", Value: 1 } },
      { TerminationWaitInSeconds: 30 },
    );
    expect(shares(canary)).toEqual([
      [25, 60],
      [100, 30],
    ]);
  });

  it("shift in equal steps", () => {
    const linear = policy({
      Type: "LINEAR",
      WaitIntervalInSeconds: 5,
      LinearStepSize: { Type: "CAPACITY_PERCENT", Value: 30 },
    });
    expect(shares(linear)).toEqual([
      [30, 5],
      [60, 5],
      [90, 5],
      [100, 0],
    ]);
  });

  it.each([
    [
      "a canary above half",
      policy({ Type: "CANARY", WaitIntervalInSeconds: 0, CanarySize: { Type: "CAPACITY_PERCENT", Value: 60 } }),
      /1 to 50/,
    ],
    ["a canary without a size", policy({ Type: "CANARY", WaitIntervalInSeconds: 0 }), /CanarySize is required/],
    [
      "small linear steps",
      policy({ Type: "LINEAR", WaitIntervalInSeconds: 0, LinearStepSize: { Type: "CAPACITY_PERCENT", Value: 5 } }),
      /10 to 50/,
    ],
    [
      "a time limit below the waits",
      policy(
        { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 },
        { TerminationWaitInSeconds: 700, MaximumExecutionTimeoutInSeconds: 600 },
      ),
      /greater than the sum/,
    ],
    [
      "rolling updates",
      { RollingUpdatePolicy: { MaximumBatchSize: { Type: "CAPACITY_PERCENT", Value: 10 }, WaitIntervalInSeconds: 0 } },
      /RollingUpdatePolicy/,
    ],
  ] as [string, DeploymentConfig, RegExp][])("refuse %s", (_name, config, message) => {
    expect(() => planDeployment(config, [variant("a")])).toThrow(message);
  });

  it("allow other variants only without guardrails", () => {
    const guarded = policy({ Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 });
    expect(() => requireSameVariantNames(undefined, [variant("a")], [variant("b")])).not.toThrow();
    expect(() =>
      requireSameVariantNames(guarded, [variant("a"), variant("b")], [variant("b"), variant("a")]),
    ).not.toThrow();
    expect(() => requireSameVariantNames(guarded, [variant("a")], [variant("b")])).toThrow(
      /the endpoint has a, the new endpoint configuration b/,
    );
  });
});
