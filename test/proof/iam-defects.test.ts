import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../cli/support/wait.ts";
import { modelsDirectory, smallCsv, smallModel } from "../e2e/support/tabular.ts";
import { UNUSED } from "./iam-unused.ts";
import { iamReport } from "./support/iam-loop.ts";
import { iamProblems } from "./support/iam-verdict.ts";
import { deployMutated, type MutatedStack, takeAway } from "./support/mutated-stack.ts";

// Defects planted into the synthesized template, to see that the proof finds them.

const models = () => modelsDirectory({ small: smallModel("small") });
let stack: MutatedStack | undefined;
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

async function upload({ file }: MutatedStack["server"]): Promise<void> {
  const s3 = new S3Client({
    endpoint: file.endpoint,
    region: file.region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    forcePathStyle: true,
  });
  const Bucket = file.outputs["DataBucketName"];
  await s3.send(new PutObjectCommand({ Bucket, Key: "small/incoming/a.csv", Body: smallCsv(200, 1) }));
}

describe("a permission that is missing from the template", () => {
  it("is refused in AWS's words and fails the proof", async () => {
    stack = await deployMutated(models(), (id, statements) => {
      if (/Functionsingest/.test(id)) takeAway(statements, "s3:PutObject");
    });
    const { server } = stack;
    await upload(server);
    const report = await until("a refusal", 60, async () => {
      const seen = await iamReport(server.file.endpoint);
      return seen.denied.length > 0 ? seen : undefined;
    });
    expect(report.denied[0]?.message).toMatch(
      /^User: arn:aws:sts::000000000000:assumed-role\/\S*ingest\S* is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::\S+\/small\/batches\/\S+ because no identity-based policy allows the s3:PutObject action$/,
    );
    expect(iamProblems([report], UNUSED).filter((problem) => problem.startsWith("denied:"))).not.toEqual([]);
  });

  it("fails the deployment when a service checks the role itself", async () => {
    const deployment = deployMutated(models(), (id, statements) => {
      if (/TrainingRole/.test(id)) takeAway(statements, "events:PutRule");
    });
    await expect(deployment).rejects.toThrow(/is not authorized to create managed-rule/);
  });

  it("fails the deployment of a traced function whose role cannot write traces", async () => {
    const deployment = deployMutated(models(), (id, statements) => {
      if (/Functionsgate/.test(id)) takeAway(statements, "xray:PutTraceSegments");
    });
    await expect(deployment).rejects.toThrow(/does not have permissions to call PutTraceSegments on XRAY/);
  });
});

describe("a permission that nobody needs", () => {
  it("is listed and fails the proof", async () => {
    stack = await deployMutated(models(), (id, statements) => {
      if (/Functionsgate/.test(id)) statements.push({ Effect: "Allow", Action: "s3:DeleteBucket", Resource: "*" });
    });
    const problems = iamProblems([await iamReport(stack.server.file.endpoint)], UNUSED);
    expect(problems).toContain("unused: gate: s3:DeleteBucket on *");
  });
});
