import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
  type UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SagemakerService } from "../../local/services/sagemaker/types.ts";
import {
  bucket,
  image,
  roleArn,
  type SagemakerClients,
  startSagemakerCloud,
  until,
} from "../support/sagemaker-cloud.ts";
import type { StartedCloud } from "../support/start-cloud.ts";
import { packFiles } from "../support/xgboost-recipe.ts";

let cloud: StartedCloud;
let clients: SagemakerClients;
const row = JSON.stringify({ instances: [{ "Speed IAS in knots": 200, "Phase of flight": "Climb" }] });

beforeAll(async () => {
  ({ cloud, clients } = await startSagemakerCloud());
  const first = await clients.train("one");
  const second = await clients.train("two", { HyperParameters: { ...first.HyperParameters, num_round: "5" } });
  await clients.createModel("one", first.ModelArtifacts?.S3ModelArtifacts ?? "");
  await clients.createModel("two", second.ModelArtifacts?.S3ModelArtifacts ?? "");
  await clients.put("broken.tar.gz", await packFiles({ "code/inference.py": "raise RuntimeError('no licence')" }));
  await clients.createModel("broken", `s3://${bucket}/broken.tar.gz`);
  await clients.createConfig("one", [["main", "one", 1]], {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: `s3://${bucket}/capture`,
    CaptureOptions: [{ CaptureMode: "Input" }, { CaptureMode: "Output" }],
    CaptureContentTypeHeader: { JsonContentTypes: ["application/json"], CsvContentTypes: ["text/csv"] },
  });
  await clients.createConfig("two", [["main", "two", 1]]);
  await clients.createConfig("both", [
    ["main", "one", 4],
    ["challenger", "two", 1],
  ]);
  await clients.createConfig("broken", [["main", "broken", 1]]);
  await clients.createEndpoint("live", "one");
}, 600_000);
afterAll(() => cloud.stop());

async function update(change: Omit<UpdateEndpointInput, "EndpointName">): Promise<string | undefined> {
  await clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName: "live", ...change }));
  const endpoint = await clients.settled("live");
  expect(endpoint.EndpointStatus).toBe("InService");
  return endpoint.EndpointConfigName;
}

async function probability(variant?: string): Promise<number> {
  const { Body } = await clients.invoke("live", row, variant === undefined ? {} : { variant });
  const { predictions } = JSON.parse(Buffer.from(Body ?? "").toString()) as { predictions: { probability: number }[] };
  return predictions[0]?.probability ?? Number.NaN;
}

describe("endpoints", () => {
  it("answer JSON and CSV and say which variant answered", async () => {
    const json = await clients.invoke("live", row);
    expect(json).toMatchObject({ InvokedProductionVariant: "main", ContentType: "application/json" });
    const csv = await clients.invoke("live", "200,Climb,\n", { contentType: "text/csv", accept: "text/csv" });
    expect(csv.ContentType).toBe("text/csv");
    expect(Number(Buffer.from(csv.Body ?? "").toString())).toBe(await probability());
  });

  it("hand the container's refusal on as a ModelError", async () => {
    const wrong = clients.invoke("live", '{"instances":[{"Speed IAS in knots":"fast"}]}');
    const error = await wrong.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "ModelError", OriginalStatusCode: 400, $metadata: { httpStatusCode: 424 } });
    const [first = ""] = (error as { OriginalMessage: string }).OriginalMessage.split("\n");
    expect(JSON.parse(first)).toEqual({
      error: {
        code: "invalid-request",
        row: 1,
        field: "Speed IAS in knots",
        message: 'got "fast", expected a number or null',
      },
    });
  });

  it("capture requests and answers with their inference id", async () => {
    await clients.invoke("live", row, { id: "order-1" });
    await cloud.cloud.service<SagemakerService>("sagemaker").flush();
    const keys = await clients.keys("capture/live/main/");
    expect(keys[0]).toMatch(/^capture\/live\/main\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/);
    const records = (await Promise.all(keys.map((key) => clients.text(key)))).flatMap((text) =>
      text.trimEnd().split("\n"),
    );
    const record = records
      .map((line) => JSON.parse(line) as { eventMetadata: { inferenceId?: string } })
      .find(({ eventMetadata }) => eventMetadata.inferenceId === "order-1");
    expect(record).toEqual({
      captureData: {
        endpointInput: { observedContentType: "application/json", mode: "INPUT", data: row, encoding: "JSON" },
        endpointOutput: {
          observedContentType: "application/json",
          mode: "OUTPUT",
          data: expect.stringMatching(/^\{"predictions"/),
          encoding: "JSON",
        },
      },
      eventMetadata: {
        eventId: expect.any(String),
        inferenceId: "order-1",
        inferenceTime: expect.stringMatching(/^\d{4}-.*:\d\dZ$/),
      },
      eventVersion: "0",
    });
  });

  it("count invocations, errors and latency for CloudWatch", async () => {
    await cloud.cloud.service<SagemakerService>("sagemaker").flush();
    const metrics = new CloudWatchClient(cloud.clientConfig);
    const sum = async (MetricName: string, config?: string): Promise<number> => {
      const { Datapoints } = await metrics.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/SageMaker",
          MetricName,
          Dimensions: [
            { Name: "EndpointName", Value: "live" },
            { Name: "VariantName", Value: "main" },
            ...(config === undefined ? [] : [{ Name: "EndpointConfigName", Value: config }]),
          ],
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: ["Sum"],
        }),
      );
      return (Datapoints ?? []).reduce((total, point) => total + (point.Sum ?? 0), 0);
    };
    expect(await sum("Invocations")).toBeGreaterThanOrEqual(5);
    expect(await sum("Invocation4XXErrors")).toBe(1);
    expect(await sum("Invocation5XXErrors")).toBe(0);
    expect(await sum("ModelLatency", "one")).toBeGreaterThan(100);
  });

  it("share traffic by weight, and let a request choose its variant", async () => {
    expect(await update({ EndpointConfigName: "both" })).toBe("both");
    const counts = new Map<string, number>();
    for (let n = 0; n < 200; n += 1) {
      const { InvokedProductionVariant: name = "" } = await clients.invoke("live", row);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // Binomial with p = 0.2, n = 200: 40 expected, standard deviation 5.7.
    expect(counts.get("challenger")).toBeGreaterThan(12);
    expect(counts.get("challenger")).toBeLessThan(70);
    expect(await probability("challenger")).not.toBe(await probability("main"));
    await expect(clients.invoke("live", row, { variant: "nobody" })).rejects.toMatchObject({ name: "ValidationError" });
    await clients.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: "live",
        DesiredWeightsAndCapacities: [{ VariantName: "challenger", DesiredWeight: 0 }],
      }),
    );
    const changed = await clients.settled("live");
    expect(changed.ProductionVariants?.map(({ CurrentWeight }) => CurrentWeight)).toEqual([4, 0]);
    for (let n = 0; n < 20; n += 1) expect((await clients.invoke("live", row)).InvokedProductionVariant).toBe("main");
  });

  it("never miss a request while they are updated", async () => {
    let isUpdating = true;
    let answered = 0;
    const load = (async () => {
      while (isUpdating) {
        await clients.invoke("live", row);
        answered += 1;
      }
    })();
    expect(await update({ EndpointConfigName: "one" })).toBe("one");
    expect(await update({ EndpointConfigName: "two" })).toBe("two");
    isUpdating = false;
    await load;
    expect(answered).toBeGreaterThan(10);
  });

  it("return to the old configuration when the new containers do not start", async () => {
    expect(await update({ EndpointConfigName: "broken" })).toBe("two");
    expect(await probability()).toBeGreaterThan(0);
  });

  it("return to the old configuration when an alarm fires", async () => {
    const metrics = new CloudWatchClient(cloud.clientConfig);
    await metrics.send(
      new PutMetricAlarmCommand({
        AlarmName: "errors",
        Namespace: "Test",
        MetricName: "Errors",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
        TreatMissingData: "ignore",
      }),
    );
    const DeploymentConfig = {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE" as const, WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: 30,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: "errors" }] },
    };
    const missing = clients.sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: "live",
        EndpointConfigName: "one",
        DeploymentConfig: { ...DeploymentConfig, AutoRollbackConfiguration: { Alarms: [{ AlarmName: "nobody" }] } },
      }),
    );
    await expect(missing).rejects.toThrow(/alarms do not exist: nobody/);
    const before = await probability();
    await clients.sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: "live", EndpointConfigName: "one", DeploymentConfig }),
    );
    await until(
      () => clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: "live" })),
      ({ PendingDeploymentSummary }) =>
        PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status === "Baking",
    );
    expect(await probability()).not.toBe(before);
    await metrics.send(new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "ALARM", StateReason: "test" }));
    expect((await clients.settled("live")).EndpointConfigName).toBe("two");
    expect(await probability()).toBe(before);
  });

  it("keep the names of variants in a guarded update", async () => {
    const renamed = clients.sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: "live",
        EndpointConfigName: "both",
        DeploymentConfig: {
          BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 } },
        },
      }),
    );
    await expect(renamed).rejects.toThrow(/must keep the names of the production variants/);
  });

  it("shift a canary's share first", async () => {
    await update({
      EndpointConfigName: "one",
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: "CANARY",
            WaitIntervalInSeconds: 1,
            CanarySize: { Type: "CAPACITY_PERCENT", Value: 50 },
          },
        },
      },
    });
    expect((await clients.settled("live")).EndpointConfigName).toBe("one");
  });

  it("fail with the reason when their first containers do not start, and can be deleted", async () => {
    const endpoint = await clients.createEndpoint("unlucky", "broken");
    expect(endpoint.EndpointStatus).toBe("Failed");
    expect(endpoint.FailureReason).toMatch(/production variant main did not pass the ping health check.*no licence/);
    await expect(clients.invoke("unlucky", row)).rejects.toMatchObject({ name: "ValidationError" });
    await clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName: "unlucky" }));
    await until(
      () =>
        clients.sagemaker
          .send(new DescribeEndpointCommand({ EndpointName: "unlucky" }))
          .catch((error: Error) => error.message),
      (answer) => typeof answer === "string" && answer.startsWith("Could not find endpoint"),
    );
  });

  it("refuse what would leave them undefined", async () => {
    const { sagemaker } = clients;
    await expect(
      sagemaker.send(new CreateEndpointCommand({ EndpointName: "live", EndpointConfigName: "one" })),
    ).rejects.toThrow(/already existing endpoint/);
    await expect(
      sagemaker.send(new CreateEndpointCommand({ EndpointName: "new", EndpointConfigName: "none" })),
    ).rejects.toThrow(/Could not find endpoint configuration/);
    await expect(sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: "one" }))).rejects.toThrow(
      /uses it/,
    );
    await expect(
      clients.createConfig("twice", [
        ["a", "one", 1],
        ["a", "two", 1],
      ]),
    ).rejects.toThrow(/unique/);
    const variant = (VariantName: string) => ({
      VariantName,
      ModelName: "one",
      InitialInstanceCount: 1,
      InstanceType: "ml.m5.large" as const,
    });
    const shadowed = (production: string[], shadows: string[]) =>
      sagemaker.send(
        new CreateEndpointConfigCommand({
          EndpointConfigName: "shadowed",
          ProductionVariants: production.map(variant),
          ShadowProductionVariants: shadows.map(variant),
        }),
      );
    await expect(shadowed(["a"], ["b", "c"])).rejects.toThrow(/Only one shadow variant/);
    await expect(shadowed(["a", "b"], ["c"])).rejects.toThrow(/exactly one production variant/);
    await expect(clients.createConfig("ghost", [["a", "ghost", 1]])).rejects.toThrow(/Could not find model/);
    await expect(clients.createModel("lost", `s3://${bucket}/lost.tar.gz`)).rejects.toThrow(
      /Could not find model data/,
    );
    const other = new CreateModelCommand({
      ModelName: "other",
      ExecutionRoleArn: roleArn,
      PrimaryContainer: { Image: `${image}x` },
    });
    await expect(sagemaker.send(other)).rejects.toThrow(/cannot run the image/);
    await expect(clients.invoke("nobody", row)).rejects.toMatchObject({
      name: "ValidationError",
      message: "Endpoint nobody of account 000000000000 not found.",
    });
  });
});
