import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
} from "@aws-sdk/client-sagemaker";
import { stopLocalCloud } from "../cli/local/control.ts";
import { startLocalCloud } from "../cli/local/up.ts";
import { localEnvironment } from "../cli/support/local-cloud.ts";
import { openSession } from "../cli/support/session.ts";
import { until } from "../cli/support/wait.ts";
import { birdstrikeCsv } from "../models/birdstrike-damage/prepare.ts";
import type { Measurement } from "./measurement.ts";
import { silent } from "./silent.ts";

const MODEL = "birdstrike-damage";

/** From the PUT of the first file to InService, and how much of it is not training or batch transform. */
export async function run(): Promise<Measurement[]> {
  const state = await mkdtemp(join(tmpdir(), "mlops-bench-"));
  try {
    const { info } = await startLocalCloud({ state, port: 0, stage: "dev" }, silent);
    Object.assign(process.env, localEnvironment(info));
    const session = await openSession({ stage: "dev", quiet: true });
    const startedAt = Date.now();
    await session.s3.send(
      new PutObjectCommand({
        Bucket: session.outputs.DataBucketName,
        Key: `${MODEL}/incoming/a.csv`,
        Body: birdstrikeCsv({ from: 1990, to: 1996 }),
      }),
    );
    await until("InService", 240, async () => {
      try {
        const name = `dev-${MODEL}`;
        const answer = await session.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
        return answer.EndpointStatus === "InService" ? true : undefined;
      } catch {
        return undefined;
      }
    });
    const total = (Date.now() - startedAt) / 1000;
    const [job] = await session.registry.listRuns(MODEL, 1);
    const base = `dev-${MODEL}-${job?.runId}`;
    const training = await session.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: `${base}-train` }));
    const transform = await session.sagemaker.send(
      new DescribeTransformJobCommand({ TransformJobName: `${base}-transform` }),
    );
    const own =
      seconds(training.TrainingStartTime, training.TrainingEndTime) +
      seconds(transform.TransformStartTime, transform.TransformEndTime);
    return [
      { name: "from the first PUT to InService", value: total, unit: "s" },
      { name: "of it training and batch transform", value: own, unit: "s" },
      { name: "of it everything else", value: total - own, unit: "s", target: "<= 5" },
    ];
  } finally {
    await stopLocalCloud(state);
    rmSync(state, { recursive: true, force: true });
  }
}

function seconds(from: Date | undefined, to: Date | undefined): number {
  return from === undefined || to === undefined ? Number.NaN : (to.getTime() - from.getTime()) / 1000;
}
