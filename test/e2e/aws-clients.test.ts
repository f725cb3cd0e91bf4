import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";
import { until } from "../../cli/support/wait.ts";
import { ensurePythonEnvironment } from "../../local/python/ensure-python-environment.ts";
import { birdstrikeCsv } from "../../models/birdstrike-damage/prepare.ts";
import { type DeployedFactory, deployFactory, settle } from "./support/factory.ts";

const MODEL = "birdstrike-damage";
const run = promisify(execFile);
let factory: DeployedFactory;
let python: string;
let directory: string;

/** The environment of somebody who has followed `mlops local env`: nothing but AWS's own variables. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${dirname(python)}:${process.env["PATH"]}`,
    AWS_PAGER: "",
    AWS_CONFIG_FILE: "/dev/null",
  };
}

async function aws(...args: string[]): Promise<Record<string, never>> {
  const { stdout } = await run(python, ["-m", "awscli", ...args, "--output", "json"], {
    env: environment(),
    maxBuffer: 1e8,
  });
  return stdout.trim() === "" ? {} : JSON.parse(stdout);
}

async function boto3(script: string): Promise<string> {
  const { stdout } = await run(python, ["-c", `import boto3, json\n${script}`], { env: environment(), maxBuffer: 1e8 });
  return stdout.trim();
}

interface CapturedRecord {
  readonly captureData: { readonly endpointInput: { data: string }; readonly endpointOutput: { data: string } };
  readonly eventMetadata: { readonly inferenceId?: string };
}

/** What data capture has written until now. */
async function capturedRecords(): Promise<CapturedRecord[]> {
  const { s3, outputs } = factory.session;
  const where = { Bucket: outputs.DataBucketName, Prefix: `${MODEL}/capture/` };
  const { Contents } = await s3.send(new ListObjectsV2Command(where));
  const files = await Promise.all(
    (Contents ?? []).map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: where.Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    }),
  );
  return files.flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as CapturedRecord),
  );
}

beforeAll(async () => {
  ({ python } = await ensurePythonEnvironment({
    requirementsPath: join(PACKAGE_ROOT, "local/python/requirements-test.txt"),
  }));
  directory = mkdtempSync(join(tmpdir(), "mlops-clients-"));
  factory = await deployFactory();
});
afterAll(() => factory?.stop());

describe("the AWS CLI and boto3, pointed here by AWS_ENDPOINT_URL only", () => {
  it("upload a CSV that trains a model, and see the execution and its history", async () => {
    const file = join(directory, "birdstrikes.csv");
    writeFileSync(file, birdstrikeCsv({ from: 1990, to: 1996 }));
    await run(
      python,
      ["-m", "awscli", "s3", "cp", file, `s3://${factory.session.outputs.DataBucketName}/${MODEL}/incoming/`],
      {
        env: environment(),
      },
    );
    await settle(factory.session, MODEL, 1);
    const { executions } = await aws(
      "stepfunctions",
      "list-executions",
      "--state-machine-arn",
      factory.session.outputs.TrainingStateMachineArn,
    );
    const [execution] = executions as unknown as Array<{ executionArn: string; status: string }>;
    expect(execution?.status).toBe("SUCCEEDED");
    const { events } = await aws(
      "stepfunctions",
      "get-execution-history",
      "--execution-arn",
      execution?.executionArn ?? "",
    );
    const types = (events as unknown as Array<{ type: string }>).map((event) => event.type);
    expect(types[0]).toBe("ExecutionStarted");
    expect(types.at(-1)).toBe("ExecutionSucceeded");
    expect(types).toContain("TaskSubmitted");
    expect(types).toContain("ParallelStateEntered");
    const seen = await boto3(`
states = boto3.client("stepfunctions")
history = states.get_paginator("get_execution_history").paginate(executionArn="${execution?.executionArn}")
print(states.describe_execution(executionArn="${execution?.executionArn}")["status"],
    sum(len(page["events"]) for page in history))`);
    expect(seen).toBe(`SUCCEEDED ${types.length}`);
  });

  it("query the registry, and describe the training job and the endpoint", async () => {
    const table = factory.session.outputs.RegistryTableName;
    const text = await boto3(`
from boto3.dynamodb.conditions import Key
table = boto3.resource("dynamodb").Table("${table}")
items = table.query(KeyConditionExpression=Key("pk").eq("MODEL#${MODEL}") & Key("sk").begins_with("VERSION#"))["Items"]
print(items[0]["verdict"], items[0]["trainingJobName"])`);
    const [verdict, job] = text.split(" ");
    expect(verdict).toBe("passed");
    const names = join(directory, "names.json");
    writeFileSync(names, JSON.stringify({ ":pk": { S: `MODEL#${MODEL}` }, ":sk": { S: "VERSION#" } }));
    const { Items } = await aws(
      ...["dynamodb", "query", "--table-name", table, "--expression-attribute-values", `file://${names}`],
      ...["--key-condition-expression", "pk = :pk AND begins_with(sk, :sk)"],
    );
    expect(Items).toEqual([expect.objectContaining({ verdict: { S: "passed" }, trainingJobName: { S: job } })]);
    const training = await aws("sagemaker", "describe-training-job", "--training-job-name", job ?? "");
    expect(training).toMatchObject({ TrainingJobStatus: "Completed" });
    const endpoint = await aws("sagemaker", "describe-endpoint", "--endpoint-name", `dev-${MODEL}`);
    expect(endpoint).toMatchObject({ EndpointStatus: "InService" });
    const described = await boto3(`
client = boto3.client("sagemaker")
print(client.describe_training_job(TrainingJobName="${job}")["TrainingJobStatus"],
    client.describe_endpoint(EndpointName="dev-${MODEL}")["EndpointStatus"])`);
    expect(described).toBe("Completed InService");
  });

  it("invoke the endpoint with JSON and with CSV", async () => {
    const text = await boto3(`
runtime = boto3.client("sagemaker-runtime")
one = runtime.invoke_endpoint(EndpointName="dev-${MODEL}", ContentType="application/json",
    Body=json.dumps({"instances": [{"Speed IAS in knots": 120, "Phase of flight": "Climb"}]}))
print(one["InvokedProductionVariant"], json.load(one["Body"])["predictions"][0]["label"])
two = runtime.invoke_endpoint(EndpointName="dev-${MODEL}", ContentType="text/csv", Accept="text/csv",
    Body="Speed IAS in knots,Phase of flight\\n120,Climb\\n300,Approach\\n")
print(len(two["Body"].read().decode().strip().splitlines()))`);
    const [first, lines] = text.split("\n");
    expect(first).toMatch(/^champion (none|damage)$/);
    expect(lines).toBe("2");
    const out = join(directory, "answer.json");
    const request = join(directory, "request.json");
    writeFileSync(request, '{"instances":[{"Speed IAS in knots":120}]}');
    const answer = await aws(
      ...["sagemaker-runtime", "invoke-endpoint", "--endpoint-name", `dev-${MODEL}`],
      ...["--content-type", "application/json", "--body", `fileb://${request}`, out],
    );
    expect(answer).toMatchObject({ InvokedProductionVariant: "champion" });
  });

  it("put a CSV of 200 MB in parts, and get the same bytes", async () => {
    const bucket = factory.session.outputs.ArtifactBucketName;
    const file = join(directory, "large.csv");
    const text = await boto3(`
import hashlib
digest = hashlib.sha256()
size = 0
with open("${file}", "wb") as file:
    while size < 200 << 20:
        block = "".join(f"{size + row},Climb,{row % 300}\\n" for row in range(50000)).encode()
        digest.update(block); file.write(block); size += len(block)
s3 = boto3.client("s3")
s3.upload_file("${file}", "${bucket}", "boto3.csv")
head = s3.head_object(Bucket="${bucket}", Key="boto3.csv")
back = hashlib.sha256()
for chunk in s3.get_object(Bucket="${bucket}", Key="boto3.csv")["Body"].iter_chunks(1 << 20):
    back.update(chunk)
print(head["ContentLength"] == size and size >= 200 << 20, digest.hexdigest() == back.hexdigest(), head["ETag"])`);
    expect(text).toMatch(/^True True "[0-9a-f]{32}-\d+"$/);
    await run(python, ["-m", "awscli", "s3", "cp", "--quiet", file, `s3://${bucket}/cli.csv`], { env: environment() });
    const head = await aws("s3api", "head-object", "--bucket", bucket, "--key", "cli.csv");
    // Both cut at 8 MiB, so the same bytes have the same ETag.
    expect(text).toContain(`${(head as { ETag?: string }).ETag}`);
    rmSync(file);
  });

  it("run the example clients: prediction, refusal, label", async () => {
    const bucket = factory.session.outputs.DataBucketName;
    const clients: Array<[string, string[]]> = [
      [process.execPath, ["--import", "tsx", "examples/typescript/client.ts", MODEL, bucket]],
      [python, ["examples/python/client.py", MODEL, bucket]],
    ];
    for (const [program, args] of clients) {
      const { stdout } = await run(program, args, { env: environment(), cwd: PACKAGE_ROOT });
      expect(stdout).toMatch(/^champion: damage \d+\.\d ?% \((none|damage)\)/);
      expect(stdout).toMatch(/refused with 4\d\d: .*fast/);
      const key = /label sent: (\S+)/.exec(stdout)?.[1] ?? "";
      const label = await until("the label", 5, async () =>
        boto3(`print(boto3.client("s3").get_object(Bucket="${bucket}", Key="${key}")["Body"].read().decode())`),
      );
      const truth = JSON.parse(label);
      expect(truth).toMatchObject({ groundTruthData: { data: "0", encoding: "CSV" }, eventVersion: "0" });
      // By its inference id the label finds the request and the answer that were captured.
      const captured = await until("the captured request", 20, async () => {
        const records = await capturedRecords();
        return records.find(({ eventMetadata }) => eventMetadata.inferenceId === truth.eventMetadata.eventId);
      });
      expect(captured.captureData.endpointInput.data).toContain("Speed IAS in knots");
      expect(captured.captureData.endpointOutput.data).toContain("probability");
    }
  });
});
