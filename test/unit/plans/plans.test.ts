import { describe, expect, it } from "vitest";
import { alertSubject, alertText } from "../../../core/alerts/alert.ts";
import { ENDPOINT_CONFIG_MEMBERS } from "../../../core/asl/delivery-machine.ts";
import { TRAINING_JOB_MEMBERS, TRANSFORM_JOB_MEMBERS } from "../../../core/asl/training-machine.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { columnHyperparameters } from "../../../core/plans/columns.ts";
import { selectBatches } from "../../../core/plans/dataset-plan.ts";
import { planDeliveryRequests } from "../../../core/plans/delivery-plan.ts";
import { xgboostImage } from "../../../core/plans/images.ts";
import { endpointConfigName, trainingJobName } from "../../../core/plans/names.ts";
import { predictionDifference, scoresOf } from "../../../core/plans/predictions.ts";
import { trainingSpendUsd } from "../../../core/plans/spend.ts";
import { planTrainingRequests } from "../../../core/plans/training-plan.ts";
import type { BatchItem } from "../../../core/registry/items.ts";
import { testDefinitionYaml } from "../../support/memory-ports.ts";

const definition = parseDefinition(testDefinitionYaml(), "model.yaml");
const context = {
  stage: "dev",
  region: "eu-central-1",
  dataBucket: "data",
  artifactBucket: "artifacts",
  sagemakerRoleArn: "arn:aws:iam::1:role/r",
  definition,
};
const input = {
  runId: "r3-abc",
  datasetId: "0123456789abcdef",
  hasValidation: true,
  classes: ["no", "yes"],
  sourceKey: "sources/xgboost/f.tar.gz",
  championModelName: "dev-strikes-r1-abc",
};

describe("training requests", () => {
  const requests = planTrainingRequests(context, input);

  it("always have the members that the state machine passes on", () => {
    for (const spot of [true, false]) {
      const other = parseDefinition(testDefinitionYaml("m", { training: `{ instance: { spot: ${spot} } }` }), "m");
      const { trainingJob } = planTrainingRequests({ ...context, definition: other }, input);
      expect(Object.keys(trainingJob).sort()).toEqual([...TRAINING_JOB_MEMBERS].sort());
    }
    expect(Object.keys(requests.transforms.challenger).sort()).toEqual([...TRANSFORM_JOB_MEMBERS].sort());
    expect(Object.keys(requests.transforms.champion ?? {}).sort()).toEqual([...TRANSFORM_JOB_MEMBERS].sort());
  });

  it("bound a spot job in time and give it a checkpoint", () => {
    expect(requests.trainingJob.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600, MaxWaitTimeInSeconds: 7_200 });
    expect(requests.trainingJob.EnableManagedSpotTraining).toBe(true);
    expect(requests.trainingJob.CheckpointConfig.S3Uri).toBe("s3://artifacts/strikes/r3-abc/checkpoints");
  });

  it("leave the wait out without spot, because SageMaker refuses it", () => {
    const other = parseDefinition(testDefinitionYaml("m", { training: "{ instance: { spot: false } }" }), "m");
    const { trainingJob } = planTrainingRequests({ ...context, definition: other }, input);
    expect(trainingJob.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600 });
  });

  it("leave out the validation channel when it has no rows: SageMaker refuses empty channels", () => {
    const { trainingJob } = planTrainingRequests(context, { ...input, hasValidation: false });
    expect(trainingJob.InputDataConfig.map((channel) => channel.ChannelName)).toEqual(["train"]);
  });

  it("scrape what the recipe prints", () => {
    const auc = requests.trainingJob.AlgorithmSpecification.MetricDefinitions.find(
      (metric) => metric.Name === "validation:auc",
    );
    expect(new RegExp(auc?.Regex ?? "").exec("[mlops] metric validation:auc=0.8125")?.[1]).toBe("0.8125");
  });

  it("let the champion predict the same rows in the same way", () => {
    const { challenger, champion } = requests.transforms;
    expect(champion?.TransformInput).toEqual(challenger.TransformInput);
    expect(champion?.DataProcessing).toEqual({ InputFilter: "$.features", JoinSource: "Input" });
    expect(champion?.ModelName).toBe("dev-strikes-r1-abc");
    expect(planTrainingRequests(context, { ...input, championModelName: null }).transforms.champion).toBeNull();
  });

  it("tell the recipe how times are written and what the model sees of them, and into how many buckets words go", () => {
    const features = `    day: { type: timestamp }
    "at, or so": { type: timestamp, format: epoch-seconds, parts: [year] }
    note: { type: text, buckets: 16, maxLength: 50 }
`;
    const definition = parseDefinition(testDefinitionYaml().replace("    speed:", `${features}    speed:`), "m");
    const text = columnHyperparameters(definition, ["no", "yes"])["mlops-columns"] ?? "";
    expect(JSON.parse(text).features.slice(0, 3)).toEqual([
      { name: "day", type: "timestamp", parts: ["hour", "weekday", "month"] },
      { name: "at, or so", type: "timestamp", format: "epoch-seconds", parts: ["year"] },
      { name: "note", type: "text", buckets: 16 },
    ]);
  });

  it("cut the description of a wide table into hyperparameters of at most 2,500 characters", () => {
    const features = Array.from(
      { length: 200 },
      (_, index) => `    "a feature with a long name, number ${index}": { type: number }`,
    );
    const wide = parseDefinition(testDefinitionYaml().replace("    speed:", `${features.join("\n")}\n    speed:`), "m");
    const parts = columnHyperparameters(wide, ["no", "yes"]);
    expect(Object.values(parts).every((part) => part.length <= 2_500)).toBe(true);
    const text = Object.keys(parts)
      .map((_, index) => parts[`mlops-columns-${index + 1}`])
      .join("");
    expect(JSON.parse(text).features).toHaveLength(202);
  });

  it("fit SageMaker's names with the longest model and stage", () => {
    const model = "m".repeat(30);
    expect(trainingJobName("abcdefghij", model, "r9999-zzzzzzz").length).toBeLessThanOrEqual(63);
    expect(endpointConfigName("abcdefghij", model, "d9999-zzzzzzz").length).toBeLessThanOrEqual(63);
  });
});

describe("delivery requests", () => {
  const champion = { name: "champion", version: 2, weightPercent: 100, sagemakerModel: "dev-strikes-r2" } as const;
  const challenger = { name: "challenger", version: 3, weightPercent: 20, sagemakerModel: "dev-strikes-r3" } as const;
  const base = { deliveryId: "d4-abc", alertTopicArn: "arn:aws:sns:x:1:t", bakeSeconds: 60 };

  it("guard an update that keeps the variants, with alarms on the new fleet only", () => {
    const plan = planDeliveryRequests(context, { ...base, variants: [champion], liveVariantNames: ["champion"] });
    expect(Object.keys(plan.endpointConfig).sort()).toEqual([...ENDPOINT_CONFIG_MEMBERS].sort());
    expect(plan.deploymentConfig?.AutoRollbackConfiguration.Alarms).toHaveLength(2);
    expect(plan.deploymentConfig?.BlueGreenUpdatePolicy.TerminationWaitInSeconds).toBe(60);
    for (const alarm of plan.alarms) {
      expect(alarm.Dimensions).toContainEqual({ Name: "EndpointConfigName", Value: "dev-strikes-d4-abc" });
    }
    const latency = plan.alarms.find((alarm) => alarm.MetricName === "ModelLatency");
    expect(latency).toMatchObject({ Threshold: 1_000_000, ExtendedStatistic: "p99" });
  });

  it("cannot guard the first release, nor one that brings or takes a variant", () => {
    const first = planDeliveryRequests(context, { ...base, variants: [champion], liveVariantNames: null });
    expect(first.deploymentConfig).toBeNull();
    const variants = [{ ...champion, weightPercent: 80 }, challenger];
    const added = planDeliveryRequests(context, { ...base, variants, liveVariantNames: ["champion"] });
    expect(added.deploymentConfig).toBeNull();
    expect(added.endpointConfig.ProductionVariants.map((variant) => variant.InitialVariantWeight)).toEqual([80, 20]);
    expect(added.alarms).toHaveLength(4);
  });

  it("capture both directions, as text", () => {
    const { endpointConfig } = planDeliveryRequests(context, { ...base, variants: [champion], liveVariantNames: null });
    expect(endpointConfig.DataCaptureConfig).toMatchObject({
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: "s3://data/strikes/capture/d4-abc",
      CaptureContentTypeHeader: { JsonContentTypes: ["application/json", "application/jsonlines"] },
    });
  });
});

describe("data capture", () => {
  it.each([
    [1, { EnableCapture: true, InitialSamplingPercentage: 100 }],
    [0.3, { EnableCapture: true, InitialSamplingPercentage: 30 }],
    [0.001, { EnableCapture: true, InitialSamplingPercentage: 1 }],
    [0, { EnableCapture: false, InitialSamplingPercentage: 0 }],
  ])("keeps the fraction %d of the requests that the definition asks for", (fraction, expected) => {
    const endpoint = `{ capture: { fraction: ${fraction} } }`;
    const own = { ...context, definition: parseDefinition(testDefinitionYaml("m", { endpoint }), "m") };
    const input = { deliveryId: "d1", alertTopicArn: "arn", bakeSeconds: 0, variants: [], liveVariantNames: null };
    expect(planDeliveryRequests(own, input).endpointConfig.DataCaptureConfig).toMatchObject(expected);
  });
});

describe("datasets", () => {
  const batch = (batchId: string, more: Partial<BatchItem> = {}) =>
    ({
      batchId,
      status: "accepted",
      receivedAt: `2026-01-0${batchId}T00:00:00Z`,
      dataHash: "h",
      sourceSha256: batchId,
      timeRange: null,
      ...more,
    }) as BatchItem;
  const now = new Date("2026-01-05T00:00:00Z");

  it("take accepted batches of today's columns, each content once, oldest first", () => {
    const batches = [
      batch("4", { sourceSha256: "1" }),
      batch("2"),
      batch("1"),
      batch("3", { dataHash: "old" }),
      batch("5", { status: "quarantined" }),
    ];
    const selection = selectBatches(batches, "all", "h", now);
    expect(selection.batches.map((item) => item.batchId)).toEqual(["1", "2"]);
    expect(selection).toMatchObject({ otherColumns: 1, repeated: 1 });
  });

  it("keep to the window, by number or by the age of the newest row", () => {
    const batches = ["1", "2", "3", "4"].map((id) => batch(id));
    expect(selectBatches(batches, { batches: 2 }, "h", now).batches.map((item) => item.batchId)).toEqual(["3", "4"]);
    const old = batch("4", { timeRange: { from: "1990-01-01", to: "1996-12-31" } });
    expect(selectBatches([old, batch("3")], { days: 3 }, "h", now).batches.map((item) => item.batchId)).toEqual(["3"]);
  });

  it.each(["America/New_York", "Asia/Tokyo", "UTC"])("read a time without a zone as UTC, also in %s", (zone) => {
    const before = process.env["TZ"];
    process.env["TZ"] = zone;
    try {
      const at = (to: string) => batch("1", { timeRange: { from: "2025-01-01", to } });
      const isChosen = (to: string) => selectBatches([at(to)], { days: 2 }, "h", now).batches.length === 1;
      expect(["2026-01-02T23:59:59", "2026-01-03 00:00", "2026-01-03"].map(isChosen)).toEqual([false, true, true]);
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });
});

describe("small things", () => {
  it("knows the image of every region and refuses others by name", () => {
    expect(xgboostImage("eu-central-1")).toBe(
      "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5",
    );
    expect(xgboostImage("cn-north-1")).toMatch(/amazonaws\.com\.cn\//);
    expect(() => xgboostImage("mars-1")).toThrow(/region mars-1/);
  });

  it("charges billable seconds by the hour and the instance", () => {
    const training = { billableSeconds: 1_800, instanceType: "ml.m5.large", instanceCount: 2 };
    expect(trainingSpendUsd(definition, training)).toBeCloseTo(0.115);
  });

  it("compares predictions in depth", () => {
    expect(predictionDifference({ probability: 0.5, label: "a" }, { probability: 0.5000001, label: "a" })).toBeLessThan(
      1e-6,
    );
    expect(predictionDifference({ probability: 0.5, label: "a" }, { probability: 0.5, label: "b" })).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(predictionDifference({ probability: 0.5 }, { value: 0.5 })).toBe(Number.POSITIVE_INFINITY);
    expect(predictionDifference({ probability: 0.5 }, undefined)).toBe(Number.POSITIVE_INFINITY);
  });

  it("reads the scores of every problem and refuses another shape", () => {
    expect(scoresOf("binary-classification", [], { probability: 0.2 })).toEqual([0.2]);
    expect(scoresOf("multiclass-classification", ["a", "b"], { probabilities: { b: 1 } })).toEqual([0, 1]);
    expect(scoresOf("regression", [], { value: "12" })).toBeNull();
  });

  it("writes alerts that fit SNS and say what to type", () => {
    const alert = {
      kind: "k",
      severity: "info",
      stage: "dev",
      model: "m",
      title: `Grüße ${"x".repeat(200)}`,
      what: "What.",
      evidence: ["fact"],
      commands: ["mlops status m"],
    } as const;
    expect(alertSubject(alert).length).toBe(100);
    expect(alertSubject(alert)).toMatch(/^[\x20-\x7e]+$/);
    expect(alertText(alert)).toContain("  mlops status m");
  });
});
