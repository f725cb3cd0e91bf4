import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
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
    const training = await aws("sagemaker", "describe-training-job", "--training-job-name", job ?? "");
    expect(training).toMatchObject({ TrainingJobStatus: "Completed" });
    const endpoint = await aws("sagemaker", "describe-endpoint", "--endpoint-name", `dev-${MODEL}`);
    expect(endpoint).toMatchObject({ EndpointStatus: "InService" });
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

  it("put 200 MB in parts, and get the same bytes", async () => {
    const bucket = factory.session.outputs.ArtifactBucketName;
    const text = await boto3(`
import hashlib, os, tempfile
path = os.path.join(tempfile.mkdtemp(), "large.bin")
block = os.urandom(1 << 20)
digest = hashlib.sha256()
with open(path, "wb") as file:
    for index in range(200):
        part = block[index:] + block[:index]
        digest.update(part); file.write(part)
s3 = boto3.client("s3")
s3.upload_file(path, "${bucket}", "large.bin")
head = s3.head_object(Bucket="${bucket}", Key="large.bin")
back = hashlib.sha256()
for chunk in s3.get_object(Bucket="${bucket}", Key="large.bin")["Body"].iter_chunks(1 << 20):
    back.update(chunk)
print(head["ContentLength"], head["ETag"], digest.hexdigest() == back.hexdigest())
os.remove(path)`);
    expect(text).toMatch(/^209715200 "[0-9a-f]{32}-\d+" True$/);
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
      expect(JSON.parse(label)).toMatchObject({ groundTruthData: { data: "0", encoding: "CSV" }, eventVersion: "0" });
    }
  });
});
