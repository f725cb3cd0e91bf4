import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { EventBridgeClient, ListRulesCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { operate } from "../../../cli/support/operate.ts";
import { until, waitForDelivery } from "../../../cli/support/wait.ts";
import type { IamReport } from "../../../local/iam/guard.ts";
import { type DeployedFactory, put, putAndWait, settle } from "../../e2e/support/factory.ts";
import { smallCsv } from "../../e2e/support/tabular.ts";

/** What the cloud's guard has seen since the cloud started. */
export async function iamReport(endpoint: string): Promise<IamReport> {
  const answer = await fetch(`${endpoint}/_local/iam`);
  if (!answer.ok) throw new Error(`/_local/iam answered ${answer.status}`);
  return (await answer.json()) as IamReport;
}

/** Lets calls fail: a list of faults as local/kernel/faults/fault.ts describes them; none takes all back. */
async function plantFaults(endpoint: string, faults: readonly object[]): Promise<void> {
  const method = faults.length === 0 ? "DELETE" : "POST";
  const body = faults.length === 0 ? null : JSON.stringify(faults);
  const answer = await fetch(`${endpoint}/_local/faults`, { method, body });
  if (!answer.ok) throw new Error(`/_local/faults answered ${answer.status}: ${await answer.text()}`);
}

const refusal = { code: "ValidationException", statusCode: 400, message: "planted" };

/** Data comes, is refused, trains, is released, serves, is watched: the paths of every day. */
export async function everyDay(factory: DeployedFactory, model: string): Promise<void> {
  const { session } = factory;
  await checkMonitoringEveryMinute();
  await putAndWait(session, model, "a.csv", smallCsv(1500, 1));
  await settle(session, model, 1);
  await putAndWait(session, model, "broken.csv", "id,size\n1,2\n");
  await put(session, "nobody", "a.csv", smallCsv(10, 1));
  await putAndWait(session, model, "b.csv", smallCsv(1500, 2, 10_000));
  await settle(session, model, 2);
  await deliver(factory, { action: "traffic", model, weightPercent: 20, version: null });
  await deliver(factory, { action: "end-experiment", model, outcome: "remove" });
  await deliver(factory, { action: "rollback", model, version: 1 });
  await operate(session, { action: "retrain", model, reason: "proof" });
  await settle(session, model, 3);
  await Promise.all(Array.from({ length: 60 }, (_, index) => predict(factory, model, index)));
  await raiseAlarm();
}

/** A file above the limit, which is lowered for it, is taken in by the ingest machine; one of them is broken. */
export async function largeFiles(factory: DeployedFactory, model: string): Promise<void> {
  const { session } = factory;
  const { Functions = [] } = await session.lambda.send(new ListFunctionsCommand({ MaxItems: 50 }));
  const FunctionName = Functions.find(({ Handler }) => Handler === "ingest.handler")?.FunctionName;
  const { Environment } = await session.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, LARGE_FILE_BYTES: "20000" };
  await session.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await putAndWait(session, model, "large.csv", smallCsv(4000, 8, 50_000));
  await putAndWait(session, model, "large-broken.csv", smallCsv(4000, 9, 90_000).replaceAll(",yes", ",perhaps"));
  await settle(session, model, 2);
}

/** Orders a drift check until it has counted the captured requests. */
export async function watchDrift(factory: DeployedFactory, model: string): Promise<void> {
  const { session } = factory;
  await until("a drift check that has read live traffic", 120, async () => {
    await operate(session, { action: "drift", model, reason: "proof" });
    const [last] = await session.registry.listDriftChecks(model, 1);
    return last;
  });
}

/** What goes wrong: a refused training job, releases that do not predict, a model that the gate refuses, an aborted run. */
export async function badDay(
  factory: DeployedFactory,
  {
    model,
    newModel,
    strictModel,
    slowModel,
  }: Readonly<Record<"model" | "newModel" | "strictModel" | "slowModel", string>>,
): Promise<void> {
  const { session } = factory;
  const { endpoint } = factory.info();
  await plantFaults(endpoint, [{ service: "sagemaker", operation: "CreateTrainingJob", error: refusal, times: 20 }]);
  await putAndWait(session, model, "c.csv", smallCsv(1500, 3, 20_000));
  await settle(session, model, 4);
  await plantFaults(endpoint, []);

  await plantFaults(endpoint, [
    { service: "sagemaker-runtime", operation: "InvokeEndpoint", principal: "smoke", error: refusal, times: 50 },
  ]);
  await deliver(factory, { action: "traffic", model, weightPercent: 20, version: 1 });
  await putAndWait(session, newModel, "a.csv", smallCsv(1500, 5));
  await settle(session, newModel, 1);
  await plantFaults(endpoint, []);

  await putAndWait(session, strictModel, "a.csv", smallCsv(1500, 6));
  await settle(session, strictModel, 1);

  const { key } = await put(session, slowModel, "slow.csv", smallCsv(4000, 4));
  const name = await until(`the training of ${key}`, 60, async () => {
    const [run] = await session.registry.listRuns(slowModel, 1);
    const isTraining = run?.outcome === "running" && run.datasetId !== null;
    return isTraining ? `${slowModel}-${run.runId}` : undefined;
  });
  await abort(session.outputs.TrainingStateMachineArn, name);
  await settle(session, slowModel, 1);
}

async function deliver(factory: DeployedFactory, request: Readonly<Record<string, unknown>>): Promise<void> {
  const since = new Date(Date.now() - 1_000).toISOString();
  await operate(factory.session, { ...request, reason: "proof" });
  await waitForDelivery(factory.session, String(request["model"]), since, 120);
}

async function predict({ session }: DeployedFactory, model: string, index: number): Promise<void> {
  const body = JSON.stringify({ instances: [{ size: index, colour: "red" }] });
  const request = { EndpointName: `dev-${model}`, ContentType: "application/json", Body: body };
  await session.runtime.send(new InvokeEndpointCommand(request));
}

async function abort(stateMachineArn: string, name: string): Promise<void> {
  const client = new SFNClient({});
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  const executionArn = executions.find((execution) => execution.name === name)?.executionArn;
  await client.send(new StopExecutionCommand({ executionArn, cause: "proof" }));
}

/** Waits until the schedule has started the monitoring machine by its own role. */
export async function waitForSchedule(factory: DeployedFactory): Promise<void> {
  const { endpoint } = factory.info();
  await until("an execution that the schedule has started", 120, async () => {
    const { allowed } = await iamReport(endpoint);
    return allowed.find(
      ({ subject, action, resource }) =>
        action === "states:StartExecution" &&
        resource.endsWith("-monitoring") &&
        /Monitoring.*EventsRole/.test(subject),
    );
  });
}

/** The template looks once an hour; a proof cannot wait that long. */
async function checkMonitoringEveryMinute(): Promise<void> {
  const client = new EventBridgeClient({});
  const { Rules = [] } = await client.send(new ListRulesCommand({}));
  const rule = Rules.find(({ ScheduleExpression }) => ScheduleExpression !== undefined);
  await client.send(new PutRuleCommand({ Name: rule?.Name, ScheduleExpression: "rate(1 minute)" }));
}

/** An alarm of the stack's own goes off and is told to the topic. */
async function raiseAlarm(): Promise<void> {
  const client = new CloudWatchClient({});
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({}));
  const alarm = MetricAlarms.find(({ AlarmActions }) => (AlarmActions ?? []).length > 0);
  const AlarmName = alarm?.AlarmName;
  await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "proof" }));
}
