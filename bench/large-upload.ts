import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { Upload } from "@aws-sdk/lib-storage";
import { stopLocalCloud } from "../cli/local/control.ts";
import { startLocalCloud } from "../cli/local/up.ts";
import { localEnvironment } from "../cli/support/local-cloud.ts";
import { openSession } from "../cli/support/session.ts";
import { until, waitForBatch } from "../cli/support/wait.ts";
import type { Measurement } from "./measurement.ts";
import { silent } from "./silent.ts";

const MODEL = "large";
const SIZE_BYTES = 1e9;

const DEFINITION = `schemaVersion: 1
name: ${MODEL}
description: A large file
owner: bench
problem: regression
data:
  format: csv
  target: { column: y }
  key: [id]
  features:
    a: { type: number }
    b: { type: number }
    c: { type: category, maxLevels: 100 }
training:
  recipe: xgboost
  instance: { type: ml.m5.large }
gate: { metric: rmse }
endpoint: { instance: { type: ml.m5.large } }
retraining: { on: [schedule], scheduleEveryHours: 8760 }
`;

function* rows(): Generator<Buffer> {
  yield Buffer.from("id,a,b,c,y\n");
  let id = 0;
  let sent = 0;
  while (sent < SIZE_BYTES) {
    const lines: string[] = [];
    for (let index = 0; index < 5000; index += 1, id += 1) {
      const a = (id * 2654435761) % 1000003;
      lines.push(`${id},${a / 997},${(a * 31) % 7919}.5,level-${a % 50},${a / 13}\n`);
    }
    const block = Buffer.from(lines.join(""));
    sent += block.length;
    yield block;
  }
}

/** A file of 1 GB through upload and ingest: speed, and the memory that the ingest function reports. */
export async function run(): Promise<Measurement[]> {
  const root = await mkdtemp(join(tmpdir(), "mlops-bench-"));
  const state = join(root, "state");
  const models = join(root, "models");
  mkdirSync(join(models, MODEL), { recursive: true });
  writeFileSync(join(models, MODEL, "model.yaml"), DEFINITION);
  try {
    const { info } = await startLocalCloud({ state, port: 0, stage: "dev", models }, silent);
    Object.assign(process.env, localEnvironment(info));
    const session = await openSession({ stage: "dev", quiet: true });
    const key = `${MODEL}/incoming/large.csv`;
    const startedAt = Date.now();
    const answer = await new Upload({
      client: session.s3,
      params: { Bucket: session.outputs.DataBucketName, Key: key, Body: Readable.from(rows()) },
      partSize: 16 * 1024 * 1024,
    }).done();
    const uploadedAt = Date.now();
    const batch = await waitForBatch(session, MODEL, key, answer.VersionId ?? "null");
    if (batch.status !== "accepted") throw new Error(`The large file was refused: ${batch.rules.join(", ")}`);
    const ingestSeconds = (Date.now() - uploadedAt) / 1000;
    // The batch is accepted before the function ends and reports.
    const memoryMb = await until("the report of the ingest function", 60, reportedMemoryMb);
    return [
      {
        name: "upload of 1 GB in parts, with its generation",
        value: 1e3 / ((uploadedAt - startedAt) / 1000),
        unit: "MB/s",
      },
      { name: "ingest of 1 GB", value: SIZE_BYTES / 1e6 / ingestSeconds, unit: "MB/s" },
      { name: "memory of the ingest function for 1 GB", value: memoryMb, unit: "MB", target: "<= 200" },
    ];
  } finally {
    await stopLocalCloud(state);
    rmSync(root, { recursive: true, force: true });
  }
}

/** The largest `Max Memory Used` of the ingest function's REPORT lines; undefined while there is none. */
async function reportedMemoryMb(): Promise<number | undefined> {
  const logs = new CloudWatchLogsClient({});
  const { DescribeLogGroupsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const groups = (await logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? [];
  let largest: number | undefined;
  for (const group of groups) {
    if (!/ingest/i.test(group.logGroupName ?? "")) continue;
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: group.logGroupName, filterPattern: "REPORT" }),
    );
    for (const event of events ?? []) {
      const used = Number(/Max Memory Used: (\d+) MB/.exec(event.message ?? "")?.[1]);
      if (Number.isFinite(used)) largest = Math.max(used, largest ?? 0);
    }
  }
  return largest;
}
