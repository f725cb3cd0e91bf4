import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until, waitForBatch } from "../../cli/support/wait.ts";
import { createIngest } from "../../core/data/ingest.ts";
import { SPLITS } from "../../core/data/split.ts";
import type { BatchManifest } from "../../core/plans/dataset-plan.ts";
import { makeBatchId } from "../../core/registry/ids.ts";
import { type DeployedFactory, deployFactory, put, putAndWait, settle } from "../e2e/support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "../e2e/support/tabular.ts";
import { copiedOutput } from "../support/copied-output.ts";

/** The limit for these tests: what is above is cut into ranges of a quarter of it. */
const LARGE_FILE_BYTES = 60_000;

let factory: DeployedFactory;
beforeAll(async () => {
  factory = await deployFactory({ models: modelsDirectory({ large: smallModel("large") }) });
  const { lambda } = factory.session;
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 50 }));
  const ingest = Functions.find(({ Handler }) => Handler === "ingest.handler");
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: ingest?.FunctionName }),
  );
  const Variables = { ...Environment?.Variables, LARGE_FILE_BYTES: String(LARGE_FILE_BYTES) };
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: ingest?.FunctionName, Environment: { Variables } }),
  );
  // A poll of the queue that was under way still invokes the function as it was: let it have a file that is of no use.
  await putAndWait(factory.session, "large", "useless.csv", "nothing\n");
});
afterAll(() => factory?.stop());

async function read(key: string): Promise<string> {
  const { s3, outputs } = factory.session;
  const answer = await s3.send(new GetObjectCommand({ Bucket: outputs.DataBucketName, Key: key }));
  return (await answer.Body?.transformToString()) ?? "";
}

/** Waits until nothing lies below a prefix; tidying up follows the verdict. */
function emptied(prefix: string): Promise<true> {
  return until(`the end of ${prefix}`, 60, async () => ((await keysBelow(prefix)).length === 0 ? true : undefined));
}

async function keysBelow(prefix: string): Promise<string[]> {
  const { s3, outputs } = factory.session;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.DataBucketName, Prefix: prefix }));
  return Contents.map(({ Key = "" }) => Key);
}

/** Quoted line breaks and commas, so that cuts fall within fields. */
const colourful = (csv: string) => csv.replaceAll(",red,", ',"dark\nred, ""ish""",').replaceAll(",green,", ',"a,b",');

describe("a file above the limit", () => {
  it("becomes one batch through the ingest machine, with the rows, split and ids of one pass", async () => {
    const text = colourful(smallCsv(6_000, 1));
    expect(text.length).toBeGreaterThan(2 * LARGE_FILE_BYTES);
    const batch = await putAndWait(factory.session, "large", "large.csv", text);
    expect(batch).toMatchObject({ status: "accepted", rules: [] });
    const manifest = JSON.parse(await read(batch.manifestKey ?? "")) as BatchManifest;
    expect(manifest.parts.train.length).toBeGreaterThan(8);

    const { definition } = (await factory.session.registry.getDefinition("large")) ?? {};
    if (definition === undefined) throw new Error("no definition");
    const ingest = createIngest(definition, { batchId: batch.batchId });
    const first = copiedOutput(ingest.write(new TextEncoder().encode(text)));
    const whole = ingest.end();
    if (!whole.accepted) throw new Error("the file is wrong");
    expect(batch.rows).toEqual(whole.rows);
    for (const side of SPLITS) {
      const expected = Buffer.concat([first[side], whole.output[side]]).toString("utf8");
      const parts = await Promise.all(manifest.parts[side].map(({ key }) => read(key)));
      const header = side === "test" ? "" : expected.slice(0, expected.indexOf("\n") + 1);
      const joined = header + parts.map((part) => part.slice(header.length)).join("");
      expect(joined === expected, side).toBe(true);
    }
    // The machine's own documents are gone.
    await emptied(`large/batches/${batch.batchId}/ranges/`);
    const [run] = await settle(factory.session, "large", 1);
    expect(run).toMatchObject({ outcome: "succeeded", version: 1 });
  });

  it("is quarantined with the reasons of all its ranges, and leaves no part", async () => {
    const text = smallCsv(6_000, 2, 10_000).replaceAll(/^(1[0-9]{2}50),[^,]*/gm, "$1,huge");
    const batch = await putAndWait(factory.session, "large", "broken.csv", text);
    expect(batch).toMatchObject({ status: "quarantined", rules: ["type"] });
    const report = JSON.parse(await read(batch.reportKey ?? ""));
    expect(report.rows).toBe(6_000);
    expect(report.reasons[0]).toMatchObject({ count: 60, examples: [{ row: 51 }, { row: 151 }, {}, {}, {}] });
    await emptied(`large/batches/${batch.batchId}/`);
  });

  it("has the same hash when it is uploaded again, so that a dataset takes it once", async () => {
    const text = smallCsv(4_000, 3, 30_000);
    const { key, versionId } = await put(factory.session, "large", "twice.csv", text);
    const again = await putAndWait(factory.session, "large", "twice.csv", text);
    expect(again.status).toBe("accepted");
    const first = await waitForBatch(factory.session, "large", key, versionId, 120);
    expect(first.batchId).not.toBe(again.batchId);
    // The same content under another version: the dataset takes it once.
    expect(first.sourceSha256).toBe(again.sourceSha256);
  });

  it("is told and on record at once, and its claim free, when its execution is stopped from outside", async () => {
    const client = new SFNClient({});
    const stacks = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: "mlops-dev" }));
    const outputs = stacks.Stacks?.[0]?.Outputs ?? [];
    const stateMachineArn = outputs.find(({ OutputKey }) => OutputKey === "IngestStateMachineArn")?.OutputValue;
    const since = Date.now();
    const { key, versionId } = await put(factory.session, "large", "stopped.csv", smallCsv(40_000, 4, 90_000));
    const batchId = makeBatchId({ bucket: factory.session.outputs.DataBucketName, key, versionId });
    const executionArn = await until("the execution", 60, async () => {
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING" }),
      );
      return executions.find(({ name }) => name?.includes(batchId))?.executionArn;
    });
    await client.send(new StopExecutionCommand({ executionArn, cause: "stopped by hand" }));
    const failed = await until("the record of the failure", 60, async () => {
      const batch = await factory.session.registry.getBatch("large", batchId);
      return batch?.claim?.failure === undefined ? undefined : batch;
    });
    expect(failed.status).toBe("processing");
    expect(failed.claim).toMatchObject({ by: "nobody", failure: expect.stringContaining("stopped by hand") });
    const audit = await factory.session.registry.listAuditEvents("large", 5);
    expect(audit).toContainEqual(expect.objectContaining({ action: "IngestFailed" }));
    expect(Date.now() - since).toBeLessThan(120_000);
  });
});
