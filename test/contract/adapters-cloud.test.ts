import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mapAwsError } from "../../adapters/call-aws.ts";
import { parseEnvironment } from "../../adapters/environment.ts";
import { SagemakerTrainingService } from "../../adapters/sagemaker-training-service.ts";
import { SfnOrchestrator } from "../../adapters/sfn-orchestrator.ts";
import { SnsAlerts } from "../../adapters/sns-alerts.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(async () => {
  await cloud.stop();
});

describe("SfnOrchestrator", () => {
  async function orchestrator(): Promise<SfnOrchestrator> {
    const sfn = new SFNClient(cloud.clientConfig);
    const iam = new IAMClient(cloud.clientConfig);
    const name = `machine-${Math.random().toString(36).slice(2, 8)}`;
    const statement = { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
    const { stateMachineArn = "" } = await sfn.send(
      new CreateStateMachineCommand({
        name,
        roleArn: Role?.Arn,
        definition: JSON.stringify({
          QueryLanguage: "JSONata",
          StartAt: "W",
          States: { W: { Type: "Wait", Seconds: "{% $states.input.seconds %}", End: true } },
        }),
      }),
    );
    return new SfnOrchestrator(
      { training: stateMachineArn, delivery: stateMachineArn, monitoring: stateMachineArn, ingest: stateMachineArn },
      sfn,
    );
  }

  it("knows executions that run, ended, were stopped, or never existed", async () => {
    const machines = await orchestrator();
    expect(await machines.status("training", "none")).toBeNull();
    await machines.start("training", "long", { seconds: 60 });
    expect(await machines.status("training", "long")).toBe("running");
    await machines.stop("training", "long", "test");
    await machines.stop("training", "none", "test");
    expect(await machines.status("training", "long")).toBe("aborted");
    await machines.start("training", "short", { seconds: 0 });
    await expect.poll(() => machines.status("training", "short"), { timeout: 5_000 }).toBe("succeeded");
  });

  it("starts a name once: again with the same input while it runs is fine, and so is afterwards", async () => {
    const machines = await orchestrator();
    await machines.start("training", "once", { seconds: 0 });
    await expect.poll(() => machines.status("training", "once"), { timeout: 5_000 }).toBe("succeeded");
    expect(await machines.start("training", "once", { seconds: 0 })).toBe(false);
  });
});

describe("SagemakerTrainingService", () => {
  const service = () =>
    new SagemakerTrainingService(new SageMakerClient(cloud.clientConfig), new CloudWatchClient(cloud.clientConfig));

  it("takes what is not there for what it is, and may be told to remove it", async () => {
    const training = service();
    expect(await training.describeTrainingJob("dev-m-r1-train")).toBeNull();
    expect(await training.describeEndpoint("dev-m")).toBeNull();
    expect(await training.modelExists("dev-m-r1")).toBe(false);
    await training.stopTrainingJob("dev-m-r1-train");
    await training.stopTransformJob("dev-m-r1-transform");
    await training.deleteModel("dev-m-r1");
    await training.deleteEndpoint("dev-m");
    await training.deleteEndpointConfig("dev-m-d1");
    await training.deleteAlarms(["dev-m-d1-champion-errors"]);
  });

  it("makes alarms, also twice, and removes them", async () => {
    const training = service();
    const alarm = {
      AlarmName: "dev-m-d1-champion-latency",
      AlarmDescription: "slow",
      Namespace: "AWS/SageMaker",
      MetricName: "ModelLatency",
      Dimensions: [{ Name: "EndpointName", Value: "dev-m" }],
      ExtendedStatistic: "p99",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1_000,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [],
      Tags: [{ Key: "mlops:model", Value: "m" }],
    } as const;
    await training.putAlarms([alarm]);
    await training.putAlarms([alarm]);
    const cloudwatch = new CloudWatchClient(cloud.clientConfig);
    const names = async () => {
      const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarm.AlarmName] }));
      return MetricAlarms?.map((found) => found.AlarmName);
    };
    expect(await names()).toEqual([alarm.AlarmName]);
    await training.deleteAlarms([alarm.AlarmName, "none"]);
    expect(await names()).toEqual([]);
  });
});

describe("SnsAlerts", () => {
  it("tells people in words and programs in attributes", async () => {
    const sns = new SNSClient(cloud.clientConfig);
    const sqs = new SQSClient(cloud.clientConfig);
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alerts" }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "inbox" }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: Attributes?.["QueueArn"] }));
    await new SnsAlerts(TopicArn, sns).publish({
      kind: "drift-found",
      severity: "critical",
      stage: "dev",
      model: "m",
      title: "live data drifted: Geschwindigkeit (ü)",
      what: "It moved.",
      evidence: ["PSI 0.8"],
      commands: ["mlops drift m"],
    });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    const envelope = JSON.parse(Messages[0]?.Body ?? "{}");
    expect(envelope.Subject).toMatch(/^\[dev\] m: live data drifted/);
    expect(envelope.Message).toContain("mlops drift m");
    expect(envelope.MessageAttributes.kind.Value).toBe("drift-found");
    expect(JSON.parse(envelope.MessageAttributes.alert.Value).severity).toBe("critical");
  });
});

describe("errors of AWS", () => {
  it("are retryable when trying again may help", () => {
    expect(mapAwsError("x", { name: "ThrottlingException", message: "slow down" })).toMatchObject({
      code: "cloud.unavailable",
      retryable: true,
    });
    expect(mapAwsError("x", { name: "Oops", message: "", $metadata: { httpStatusCode: 503 } }).code).toBe(
      "cloud.unavailable",
    );
    expect(mapAwsError("x", { name: "AccessDeniedException", message: "no" })).toMatchObject({
      code: "cloud.refused",
      retryable: false,
    });
  });
});

describe("the environment of a Lambda", () => {
  it("names every variable that is missing or wrong", () => {
    expect(() => parseEnvironment({ STAGE: "Dev!" })).toThrow(/STAGE[\s\S]*DATA_BUCKET|DATA_BUCKET[\s\S]*STAGE/);
  });
});
