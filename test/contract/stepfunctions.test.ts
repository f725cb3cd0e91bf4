import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createS3 } from "../../local/services/s3/index.ts";
import { createSqs } from "../../local/services/sqs/index.ts";
import { createStepfunctions } from "../../local/services/stepfunctions/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

// Against AWS: give MLOPS_CONTRACT_ROLE_ARN, a role that Step Functions may assume and that may send to SQS.
const roleArn = process.env["MLOPS_CONTRACT_ROLE_ARN"] ?? "arn:aws:iam::000000000000:role/contract";
const suffix = Date.now().toString(36);
let cloud: StartedCloud;
let sfn: SFNClient;
let sqs: SQSClient;
const machines: string[] = [];

beforeAll(async () => {
  cloud = await startCloud({ factories: [createStepfunctions, createSqs, createS3] });
  sfn = new SFNClient(cloud.clientConfig);
  sqs = new SQSClient(cloud.clientConfig);
});
afterAll(async () => {
  for (const stateMachineArn of machines) await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  sfn.destroy();
  sqs.destroy();
  await cloud.stop();
});

async function create(name: string, definition: object): Promise<string> {
  const input = { name: `${name}-${suffix}`, definition: JSON.stringify(definition), roleArn };
  const { stateMachineArn = "" } = await sfn.send(new CreateStateMachineCommand(input));
  machines.push(stateMachineArn);
  return stateMachineArn;
}

async function start(stateMachineArn: string, input: unknown, name?: string): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), ...(name && { name }) });
  return (await sfn.send(command)).executionArn ?? "";
}

async function ended(executionArn: string) {
  for (;;) {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (found.status !== "RUNNING") return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const jsonata = {
  QueryLanguage: "JSONata",
  StartAt: "Items",
  States: {
    Items: {
      Type: "Map",
      Items: "{% $states.input.numbers %}",
      ItemProcessor: {
        StartAt: "Square",
        States: { Square: { Type: "Pass", Output: "{% $states.input * $states.input %}", End: true } },
      },
      Assign: { squares: "{% $states.result %}" },
      Next: "Big",
    },
    Big: {
      Type: "Choice",
      Choices: [{ Condition: "{% $sum($squares) > 10 %}", Next: "Report" }],
      Default: "Report",
    },
    Report: { Type: "Pass", Output: { total: "{% $sum($squares) %}" }, End: true },
  },
};

describe("a JSONata machine over the wire", () => {
  test("runs, and is described with dates, texts and status", async () => {
    const machine = await create("squares", jsonata);
    const executionArn = await start(machine, { numbers: [1, 2, 3] });
    const found = await ended(executionArn);
    expect(found).toMatchObject({ status: "SUCCEEDED", stateMachineArn: machine, input: '{"numbers":[1,2,3]}' });
    expect(JSON.parse(found.output ?? "")).toEqual({ total: 14 });
    expect(found.startDate).toBeInstanceOf(Date);
    expect(found.stopDate?.getTime()).toBeGreaterThanOrEqual(found.startDate?.getTime() ?? Number.NaN);
  });

  test("its history is complete, in order, and paged", async () => {
    const machine = await create("history", jsonata);
    const executionArn = await start(machine, { numbers: [1, 2] });
    await ended(executionArn);
    const whole = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
    const types = whole.events?.map((event) => event.type) ?? [];
    expect(types[0]).toBe("ExecutionStarted");
    expect(types.at(-1)).toBe("ExecutionSucceeded");
    expect(types.filter((type) => type === "MapIterationSucceeded")).toHaveLength(2);
    for (const event of whole.events ?? []) expect(event.previousEventId).toBeLessThan(event.id ?? 0);
    const paged: (number | undefined)[] = [];
    for await (const page of paginateGetExecutionHistory({ client: sfn, pageSize: 4 }, { executionArn })) {
      paged.push(...(page.events ?? []).map((event) => event.id));
    }
    expect(paged).toEqual(whole.events?.map((event) => event.id));
  });
});

describe("errors of the API", () => {
  test("have AWS's names", async () => {
    const role = { roleArn };
    const invalid = new CreateStateMachineCommand({ name: `invalid-${suffix}`, definition: "{}", ...role });
    await expect(sfn.send(invalid)).rejects.toMatchObject({
      name: "InvalidDefinition",
      message: expect.stringContaining("SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"),
    });
    const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:none-${suffix}`;
    await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: "StateMachineDoesNotExist",
    });
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:none-${suffix}:x`;
    await expect(sfn.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: "ExecutionDoesNotExist",
    });
    await expect(sfn.send(new SendTaskSuccessCommand({ taskToken: "x", output: "{}" }))).rejects.toMatchObject({
      name: "InvalidToken",
    });
  });

  test("a definition is validated without creating anything", async () => {
    const definition = JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } });
    const answer = await sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(answer.result).toBe("FAIL");
    expect(answer.diagnostics?.[0]).toMatchObject({ severity: "ERROR", code: "MISSING_TRANSITION_TARGET" });
  });
});

describe("the life of a machine and its executions", () => {
  const waiting = { StartAt: "W", States: { W: { Type: "Wait", Seconds: 300, End: true } } };

  test("start twice, list, stop, update, tag", async () => {
    const machine = await create("life", waiting);
    const executionArn = await start(machine, { a: 1 }, "only-one");
    expect(await start(machine, { a: 1 }, "only-one")).toBe(executionArn);
    await expect(start(machine, { a: 2 }, "only-one")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
    const running = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machine, statusFilter: "RUNNING" }));
    expect(running.executions?.map((each) => each.name)).toEqual(["only-one"]);
    await sfn.send(new StopExecutionCommand({ executionArn, error: "Enough", cause: "test" }));
    expect(await ended(executionArn)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "test" });
    const definition = JSON.stringify({ StartAt: "P", States: { P: { Type: "Succeed" } } });
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition }));
    expect((await ended(await start(machine, {}))).status).toBe("SUCCEEDED");
    const listed = await sfn.send(new ListStateMachinesCommand({}));
    expect(listed.stateMachines?.map((each) => each.stateMachineArn)).toContain(machine);
    expect((await sfn.send(new ListTagsForResourceCommand({ resourceArn: machine }))).tags).toEqual([]);
  });
});

test("a task token travels through SQS and back", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `tokens-${suffix}` }));
  const machine = await create("token", {
    StartAt: "Ask",
    States: {
      Ask: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Parameters: { QueueUrl, MessageBody: { "token.$": "$$.Task.Token", "question.$": "$.question" } },
        End: true,
      },
    },
  });
  const executionArn = await start(machine, { question: "6 x 7" });
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  const { token, question } = JSON.parse(received.Messages?.[0]?.Body ?? "{}") as { token: string; question: string };
  expect(question).toBe("6 x 7");
  await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: "42" }));
  expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED", output: "42" });
});

test("an execution survives the end of the cloud's process and goes on in the next", async () => {
  const machine = await create("durable", {
    StartAt: "W",
    States: { W: { Type: "Wait", Seconds: 1, Next: "D" }, D: { Type: "Pass", Result: "woke up", End: true } },
  });
  const executionArn = await start(machine, {});
  await cloud.stop({ keepState: true });
  cloud = await startCloud({
    stateDirectory: cloud.stateDirectory,
    factories: [createStepfunctions, createSqs, createS3],
  });
  sfn = new SFNClient(cloud.clientConfig);
  expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED", output: '"woke up"' });
});
