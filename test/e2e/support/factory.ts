import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { stopLocalCloud } from "../../../cli/local/control.ts";
import { startLocalCloud } from "../../../cli/local/up.ts";
import { type LocalCloudInfo, localEnvironment } from "../../../cli/support/local-cloud.ts";
import type { Progress } from "../../../cli/support/progress.ts";
import { openSession, type Session } from "../../../cli/support/session.ts";
import { until, waitForBatch } from "../../../cli/support/wait.ts";
import type { BatchItem, RunItem } from "../../../core/registry/items.ts";

/** A factory that is deployed into a local cloud of its own. */
export interface DeployedFactory {
  readonly state: string;
  readonly session: Session;
  info(): LocalCloudInfo;
  /** Ends the cloud without warning, as a power cut would. */
  kill(): Promise<void>;
  /** Starts the cloud again on the same state. */
  restart(): Promise<void>;
  /** Deploys the stack again, with the definitions of another directory. */
  redeploy(models: string): Promise<void>;
  stop(): Promise<void>;
}

const silent: Progress = { step() {}, update() {}, done() {}, fail() {}, lines() {} };

/** Deploys the stack with the definitions of a directory. */
export async function deployFactory(options: { models?: string } = {}): Promise<DeployedFactory> {
  const state = mkdtempSync(join(tmpdir(), "mlops-e2e-"));
  let started = await startLocalCloud(
    { state, port: 0, stage: "dev", models: options.models, enforceIam: true },
    silent,
  );
  const connect = async () => {
    Object.assign(process.env, localEnvironment(started.info));
    return openSession({ stage: "dev", quiet: true });
  };
  const holder = { session: await connect() };
  return {
    state,
    get session() {
      return holder.session;
    },
    info: () => started.info,
    async kill() {
      process.kill(started.info.pid, "SIGKILL");
      await until("the cloud's end", 10, async () => (isGone(started.info.pid) ? true : undefined));
    },
    async restart() {
      const port = Number(new URL(started.info.endpoint).port);
      started = await startLocalCloud({ state, port, stage: "dev", models: options.models, enforceIam: true }, silent);
      holder.session = await connect();
    },
    async redeploy(models) {
      await stopLocalCloud(state);
      started = await startLocalCloud({ state, port: 0, stage: "dev", models, enforceIam: true }, silent);
      holder.session = await connect();
    },
    async stop() {
      await stopLocalCloud(state);
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Puts an object into a model's incoming folder; gives its key and version. */
export async function put(
  session: Session,
  model: string,
  name: string,
  body: string | Uint8Array,
): Promise<{ key: string; versionId: string }> {
  const key = `${model}/incoming/${name}`;
  const answer = await session.s3.send(
    new PutObjectCommand({ Bucket: session.outputs.DataBucketName, Key: key, Body: body }),
  );
  return { key, versionId: answer.VersionId ?? "null" };
}

/** Uploads and waits for the verdict on the file. */
export async function putAndWait(
  session: Session,
  model: string,
  name: string,
  body: string | Uint8Array,
): Promise<BatchItem> {
  const { key, versionId } = await put(session, model, name, body);
  return waitForBatch(session, model, key, versionId, 120);
}

/** Waits until nothing is in flight for the model and gives its runs, newest first. */
export function settle(
  session: Session,
  model: string,
  runsAtLeast: number,
  timeoutSeconds = 180,
): Promise<readonly RunItem[]> {
  return until(`${runsAtLeast} ended runs of ${model}`, timeoutSeconds, async () => {
    const [head, runs] = await Promise.all([session.registry.getHead(model), session.registry.listRuns(model, 50)]);
    const idle = head.trainingLease === null && head.deliveryLease === null && head.trainingPending === null;
    const ended = runs.filter((run) => run.outcome !== "running");
    return idle && ended.length >= runsAtLeast && ended.length === runs.length ? runs : undefined;
  });
}
