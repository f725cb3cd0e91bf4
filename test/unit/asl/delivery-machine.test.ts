import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliveryMachine } from "../../../core/asl/delivery-machine.ts";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "../local-stepfunctions/harness.ts";

/** An endpoint whose changes end as the test says. */
interface Endpoint {
  configName: string;
  status: string;
  failureReason?: string;
}

interface FakeEndpoints extends LocalService {
  endpoint: Endpoint | null;
  readonly calls: string[];
  /** What an update or a creation leads to once it is polled. */
  outcome: (wanted: string, before: string | null) => Endpoint;
}

function fakeEndpoints(before: string | null): FakeEndpoints {
  const fake: FakeEndpoints = {
    id: "sagemaker",
    endpoint: before === null ? null : { configName: before, status: "InService" },
    calls: [],
    outcome: (wanted) => ({ configName: wanted, status: "InService" }),
    operations: {
      CreateEndpointConfig(input: { EndpointConfigName: string }) {
        fake.calls.push(`config ${input.EndpointConfigName}`);
        return { EndpointConfigArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/c" };
      },
      CreateEndpoint(input: { EndpointConfigName: string }) {
        fake.calls.push(`create ${input.EndpointConfigName}`);
        fake.endpoint = { configName: input.EndpointConfigName, status: "Creating" };
        return { EndpointArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e" };
      },
      UpdateEndpoint(input: { EndpointConfigName: string; DeploymentConfig?: object }) {
        const guarded = input.DeploymentConfig === undefined ? "" : " under guardrails";
        fake.calls.push(`update ${input.EndpointConfigName}${guarded}`);
        pending = { wanted: input.EndpointConfigName, before: fake.endpoint?.configName ?? null };
        if (fake.endpoint !== null) fake.endpoint.status = "Updating";
        return { EndpointArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e" };
      },
      DeleteEndpoint() {
        fake.calls.push("delete");
        fake.endpoint = null;
        return {};
      },
      DescribeEndpoint() {
        const live = fake.endpoint;
        if (live === null) throw new AwsError("ValidationException", 400, "Could not find endpoint");
        const answer = { ...live };
        if (live.status === "Creating") fake.endpoint = fake.outcome(live.configName, null);
        if (live.status === "Updating" && pending !== null)
          fake.endpoint = fake.outcome(pending.wanted, pending.before);
        return {
          EndpointName: "dev-m",
          EndpointArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/dev-m",
          EndpointConfigName: answer.configName,
          EndpointStatus: answer.status,
          CreationTime: new Date(0),
          LastModifiedTime: new Date(0),
          ...(answer.failureReason !== undefined && { FailureReason: answer.failureReason }),
        };
      },
    },
  };
  let pending: { wanted: string; before: string | null } | null = null;
  return fake;
}

let bench: Workbench | undefined;
beforeEach(() => vi.stubEnv("MLOPS_LOCAL_TIME_SCALE", "0.002"));
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench?.test.stop();
  bench = undefined;
});

const CONFIG = { EndpointConfigName: "new", ProductionVariants: [], DataCaptureConfig: {}, Tags: [] };
const GUARDRAILS = {
  BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 } },
};

/** Runs the machine over the fakes; gives how it ended and what it called. */
async function deliver(endpoints: FakeEndpoints, plan: object = {}, smoke: () => void = () => undefined) {
  const previous = endpoints.endpoint?.configName ?? null;
  const lambda = fakeLambda({
    plan: () => ({
      endpointName: "dev-m",
      endpointConfig: {
        ...CONFIG,
        ProductionVariants: [
          { VariantName: "champion", ModelName: "m", InitialInstanceCount: 1, InstanceType: "ml.m5.large" },
        ],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: "s3://data/m",
          CaptureOptions: [{ CaptureMode: "Input" }],
        },
      },
      exists: previous !== null,
      previousConfigName: previous,
      noop: false,
      deploymentConfig: previous === null ? null : GUARDRAILS,
      tags: [],
      ...plan,
    }),
    smoke: () => {
      smoke();
      return {};
    },
    complete: () => ({}),
    fail: () => ({}),
  });
  bench = await openWorkbench([lambda, endpoints]);
  const machine = deliveryMachine({
    planFunctionArn: functionArn("plan"),
    smokeFunctionArn: functionArn("smoke"),
    completeFunctionArn: functionArn("complete"),
    failFunctionArn: functionArn("fail"),
  });
  const ended = await bench.run(machine, { model: "m", deliveryId: "d1" });
  const failure = lambda.calls.find(({ name }) => name === "fail")?.payload as {
    error?: { Error: string; Cause: string };
  };
  return { ended, functions: lambda.calls.map(({ name }) => name), calls: endpoints.calls, error: failure?.error };
}

describe("the delivery machine", () => {
  it("creates an endpoint, waits until it serves, tests it and completes", async () => {
    const { ended, functions, calls } = await deliver(fakeEndpoints(null));
    expect(ended.status).toBe("SUCCEEDED");
    expect(calls).toEqual(["config new", "create new"]);
    expect(functions).toEqual(["plan", "smoke", "complete"]);
  });

  it("updates an endpoint under guardrails, and without where variants come or go", async () => {
    const guarded = await deliver(fakeEndpoints("old"));
    expect(guarded.calls).toEqual(["config new", "update new under guardrails"]);
    await bench?.test.stop();
    const plain = await deliver(fakeEndpoints("old"), { deploymentConfig: null });
    expect(plain.calls).toEqual(["config new", "update new"]);
    expect(plain.ended.status).toBe("SUCCEEDED");
  });

  it("takes an update that SageMaker rolled back for what it is, although it ends in service", async () => {
    const endpoints = fakeEndpoints("old");
    endpoints.outcome = (_wanted, before) => ({
      configName: before ?? "",
      status: "InService",
      failureReason: "an alarm has rung",
    });
    const { ended, functions, calls, error } = await deliver(endpoints);
    expect(ended).toMatchObject({ status: "FAILED", error: "delivery.not-in-service" });
    expect(error?.Cause).toMatch(/config old; wanted new.*an alarm has rung/);
    expect(functions).toEqual(["plan", "fail"]);
    expect(calls.filter((call) => call.startsWith("update"))).toEqual(["update new under guardrails"]);
  });

  it("returns to the previous config when the endpoint answers wrongly, waits for it, and records why", async () => {
    const endpoints = fakeEndpoints("old");
    const wrong = () => {
      throw named("delivery.smoke-failed", "0.2 instead of 0.7");
    };
    const { ended, functions, calls, error } = await deliver(endpoints, {}, wrong);
    expect(ended).toMatchObject({ status: "FAILED", error: "delivery.smoke-failed" });
    expect(error?.Cause).toContain("0.2 instead of 0.7");
    expect(calls).toEqual(["config new", "update new under guardrails", "update old"]);
    expect(endpoints.endpoint).toEqual({ configName: "old", status: "InService" });
    expect(functions).not.toContain("complete");
    expect(functions.at(-1)).toBe("fail");
  });

  it("removes an endpoint that never served", async () => {
    const endpoints = fakeEndpoints(null);
    endpoints.outcome = (wanted) => ({ configName: wanted, status: "Failed", failureReason: "no container started" });
    const { ended, calls, error } = await deliver(endpoints);
    expect(ended.status).toBe("FAILED");
    expect(error?.Cause).toContain("no container started");
    expect(calls).toEqual(["config new", "create new", "delete"]);
    expect(endpoints.endpoint).toBeNull();
  });

  it("completes at once when there is nothing to change", async () => {
    const { ended, functions, calls } = await deliver(fakeEndpoints("old"), { noop: true });
    expect(ended.status).toBe("SUCCEEDED");
    expect(calls).toEqual([]);
    expect(functions).toEqual(["plan", "complete"]);
  });
});
