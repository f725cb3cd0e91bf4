import { afterEach, describe, expect, it } from "vitest";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { FaultPlan, faultsOf } from "../../../local/kernel/faults/fault-plan.ts";
import { scaledMillis } from "../../../local/kernel/time-scale.ts";
import { createTestCloud } from "../../support/test-cloud.ts";

const error = { code: "ThrottlingException", statusCode: 400, message: "Rate exceeded" };

describe("a fault plan", () => {
  it("fails the nth matching call, so many times", () => {
    const plan = new FaultPlan();
    plan.add([{ service: "sagemaker", operation: "CreateModel", match: '"dev-a-', nth: 2, times: 2, error }]);
    const take = (ModelName: string) => plan.take("sagemaker", "CreateModel", { ModelName })?.error?.code;
    const seen = ["dev-a-1", "dev-b-1", "dev-a-2", "dev-a-3", "dev-a-4"].map(take);
    expect(seen).toEqual([undefined, undefined, error.code, error.code, undefined]);
    expect(plan.list()[0]).toMatchObject({ seen: 4, hits: 2 });
  });

  it("matches the JSON inside of a Lambda's payload, and the caller", () => {
    const plan = new FaultPlan();
    plan.add([{ service: "lambda", operation: "Invoke", match: '"model":"a"', principal: "role/Machine", error }]);
    const input = { FunctionName: "gate", Payload: Buffer.from('{"model":"a"}') };
    expect(plan.take("lambda", "Invoke", input, "arn:aws:iam::0:role/Other")).toBeUndefined();
    expect(plan.take("lambda", "Invoke", input, "arn:aws:iam::0:role/Machine")).toBeDefined();
  });

  it.each([
    ["no way to fail", { service: "s3", operation: "PutObject" }],
    ["a member that it does not know", { service: "s3", operation: "PutObject", error, often: 2 }],
  ])("refuses a fault with %s", (_name, fault) => {
    expect(() => new FaultPlan().add([fault])).toThrow();
  });
});

describe("a lost answer", () => {
  it("comes after the effect, and fails in process as the SDK does", async () => {
    let calls = 0;
    const sts: LocalService = { id: "sts", operations: { GetCallerIdentity: () => ({ Account: String(++calls) }) } };
    const { cloud, stop } = await createTestCloud({ services: [sts] });
    faultsOf(cloud).add([{ service: "sts", operation: "GetCallerIdentity", dropResponse: true }]);
    await expect(cloud.call("sts", "GetCallerIdentity", {})).rejects.toMatchObject({ code: "SdkClientException" });
    expect(calls).toBe(1);
    expect(await cloud.call("sts", "GetCallerIdentity", {})).toEqual({ Account: "2" });
    await stop();
  });
});

describe("pauses", () => {
  afterEach(() => {
    delete process.env["MLOPS_LOCAL_TIME_SCALE"];
  });

  it("are as AWS's by default, and shorter on request, but never spin", () => {
    expect(scaledMillis(60_000)).toBe(60_000);
    process.env["MLOPS_LOCAL_TIME_SCALE"] = "0.01";
    expect([60_000, 5_000, 50, 0].map(scaledMillis)).toEqual([600, 100, 50, 0]);
  });

  it("refuse a scale that is none", () => {
    process.env["MLOPS_LOCAL_TIME_SCALE"] = "2";
    expect(() => scaledMillis(1)).toThrow(/above 0, at most 1/);
  });
});
