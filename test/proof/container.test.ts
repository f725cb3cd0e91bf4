import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { create, extract } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDefinition } from "../../core/definition/parse.ts";
import { planTrainingRequests, servingEnvironment } from "../../core/plans/training-plan.ts";
import { packRecipes } from "../../lib/catalog-asset.ts";
import { createMetricScraper } from "../../local/services/sagemaker/metric-scraper.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";
import { packFiles } from "../support/xgboost-recipe.ts";
import { readFile } from "../unit/data/read-file.ts";
import {
  type Channels,
  currentXgboostPython,
  type Finished,
  failureOf,
  layOutTraining,
  olderXgboostPython,
  predictSaved,
  type ServingContainer,
  serveInImage,
  trainInImage,
  trainPlain,
} from "./support/image-container.ts";
import { printSummary } from "./support/summary.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BATCH = "0123456789abcdef";
const definition = parseDefinition(
  readFileSync(join(ROOT, "models/birdstrike-damage/model.yaml"), "utf8").replace("num_round: 300", "num_round: 40"),
  "model.yaml",
);
const requests = planTrainingRequests(
  {
    stage: "dev",
    region: "us-east-1",
    dataBucket: "data",
    artifactBucket: "artifacts",
    sagemakerRoleArn: "arn:aws:iam::000000000000:role/sagemaker",
    definition,
  },
  {
    runId: "r1-abc",
    datasetId: BATCH,
    hasValidation: true,
    classes: ["none", "damage"],
    sourceKey: "sources/xgboost/recipe.tar.gz",
    championModelName: null,
  },
);
const { trainingJob, transforms } = requests;
/** The real reports, as ingest writes their parts. */
const { parts } = readFile(
  definition,
  [readFileSync(join(ROOT, "node_modules/vega-datasets/data/birdstrikes.csv"))],
  BATCH,
);
const channels: Channels = {
  train: { [`${definition.name}/batches/${BATCH}/train/part-00000.csv`]: parts.train },
  validation: { [`${definition.name}/batches/${BATCH}/validation/part-00000.csv`]: parts.validation },
};
const heldOut = parts.test.trimEnd().split("\n").slice(0, 500);

let cloud: StartedCloud;
let s3: S3Client;
let base: string;
let trained: Finished;
let servingBase: string;
let server: ServingContainer;

async function putSource(key: string, body: Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: "artifacts", Key: key, Body: body }));
}

beforeAll(async () => {
  cloud = await startCloud();
  s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "artifacts" }));
  const recipe = packRecipes().find((item) => item.name === "xgboost");
  await putSource("sources/xgboost/recipe.tar.gz", readFileSync(recipe?.path ?? ""));
  base = layOutTraining(trainingJob, channels);
  trained = await trainInImage(base, trainingJob, cloud.endpoint);
  servingBase = mkdtempSync(join(tmpdir(), "mlops-serving-"));
  mkdirSync(join(servingBase, "model"));
  if (trained.exitCode !== 0) return;
  // SageMaker packs /opt/ml/model into model.tar.gz and unpacks it into /opt/ml/model of the serving container.
  const artifact = join(servingBase, "model.tar.gz");
  await create({ file: artifact, cwd: join(base, "model"), gzip: true }, readdirSync(join(base, "model")));
  await extract({ file: artifact, cwd: join(servingBase, "model") });
  const environment = servingEnvironment();
  server = await serveInImage(servingBase, {
    ...environment,
    SAGEMAKER_SUBMIT_DIRECTORY: (environment["SAGEMAKER_SUBMIT_DIRECTORY"] ?? "").replace("/opt/ml", servingBase),
  });
});
afterAll(async () => {
  await server?.stop();
  await cloud?.stop();
});

const invoke = (body: string, contentType: string, accept: string) =>
  fetch(`${server.endpoint}/invocations`, {
    method: "POST",
    body,
    headers: { "Content-Type": contentType, Accept: accept },
  });

describe("training under sagemaker-containers 2.8.6.post2", () => {
  it("succeeds with the hyperparameters that the plan sends and the bundle that the stack packs", () => {
    expect(trained.output).toContain("Reporting training SUCCESS");
    expect(trained.exitCode).toBe(0);
    expect(readdirSync(join(base, "output"))).not.toContain("failure");
  });

  it("prints every metric that the plan's MetricDefinitions look for", () => {
    const wanted = trainingJob.AlgorithmSpecification.MetricDefinitions;
    const scraper = createMetricScraper(wanted, () => 0);
    for (const line of trained.output.split("\n")) scraper.read(line);
    expect(scraper.metrics().map((metric) => metric.name)).toEqual(wanted.map((metric) => metric.Name));
    expect(scraper.metrics().find((metric) => metric.name === "validation:auc")?.value).toBeGreaterThan(0.7);
  });

  it("leaves a model directory that is complete, and nothing of the toolkit's in it", () => {
    expect(readdirSync(join(base, "model")).sort()).toEqual(["code", "encoding.json", "model.json"]);
    expect(readdirSync(join(base, "model/code")).sort()).toEqual(
      readdirSync(join(ROOT, "recipes/xgboost"))
        .filter((name) => name.endsWith(".py"))
        .sort(),
    );
  });
});

describe("a failing training under the toolkit", () => {
  it("says in the log what the owner has to change; the toolkit puts its own text into the failure file", async () => {
    const empty = layOutTraining(trainingJob, {});
    const failed = await trainInImage(empty, trainingJob, cloud.endpoint);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toMatch(/^\[mlops\] error channel "train" has no CSV file/m);
    expect(failureOf(empty)).toMatch(
      /^ExecuteUserScriptError:\nCommand ".*python.* -m train --early_stopping_rounds 30 /,
    );
  });

  it("planted defect: a script that imports what the image lacks does not pass", async () => {
    await putSource(
      "sources/xgboost/recipe.tar.gz",
      await packFiles({ "train.py": "import lightgbm\n", "inference.py": "" }),
    );
    const broken = layOutTraining(trainingJob, channels);
    const failed = await trainInImage(broken, trainingJob, cloud.endpoint);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain("ModuleNotFoundError: No module named 'lightgbm'");
    expect(failureOf(broken)).toContain("ExecuteUserScriptError");
  });
});

describe("serving under sagemaker-inference 1.5.5 and multi-model-server's worker", () => {
  it("answers /ping and named features as JSON", async () => {
    expect((await fetch(`${server.endpoint}/ping`)).status).toBe(200);
    const instance = JSON.parse(heldOut[0] ?? "{}").features as object;
    const answer = await invoke(JSON.stringify({ instances: [instance] }), "application/json", "application/json");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({
      predictions: [{ probability: expect.any(Number), label: expect.stringMatching(/^(none|damage)$/) }],
    });
  });

  it("answers CSV rows, one line each", async () => {
    const rows = parts.validation
      .split("\n")
      .slice(1, 4)
      .map((line) => line.slice(0, line.lastIndexOf(",")));
    const answer = await invoke(rows.join("\n"), "text/csv", "text/csv");
    expect(answer.status).toBe(200);
    expect(
      (await answer.text())
        .trim()
        .split("\n")
        .map(Number)
        .every((value) => value >= 0 && value <= 1),
    ).toBe(true);
  });

  it("answers 4xx with advice to what the client has to change", async () => {
    const answer = await invoke('{"instances":[{"Sped":1}]}', "application/json", "application/json");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).toMatch(/Sped/);
    expect((await invoke("x", "image/png", "application/json")).status).toBe(415);
  });

  it("answers a batch transform's records (SplitType Line, InputFilter, JoinSource Input), one line for each", async () => {
    const { TransformInput, TransformOutput, DataProcessing } = transforms.challenger;
    expect([TransformInput.SplitType, DataProcessing.InputFilter]).toEqual(["Line", "$.features"]);
    const records = heldOut.map((line) => JSON.stringify(JSON.parse(line).features));
    const answer = await invoke(records.join("\n"), TransformInput.ContentType, TransformOutput.Accept);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/jsonlines");
    const lines = (await answer.text()).trimEnd().split("\n");
    expect(lines).toHaveLength(records.length);
    const joined = heldOut.map((line, index) => ({
      ...JSON.parse(line),
      SageMakerOutput: JSON.parse(lines[index] ?? ""),
    }));
    expect(joined.every((row) => typeof row.SageMakerOutput.probability === "number")).toBe(true);
  });
});

describe("XGBoost 1.7.4 and 3.0.5", () => {
  it("give the same predictions for a model that either of them saved, within 1e-6", async () => {
    const [older, current] = await Promise.all([olderXgboostPython(), currentXgboostPython()]);
    const rows = join(mkdtempSync(join(tmpdir(), "mlops-rows-")), "rows.jsonl");
    writeFileSync(rows, heldOut.map((line) => JSON.stringify(JSON.parse(line).features)).join("\n"));
    const oldBase = layOutTraining(trainingJob, channels);
    const plain = await trainPlain(older, oldBase, join(ROOT, "recipes/xgboost"));
    expect(plain.exitCode, plain.output).toBe(0);
    let largest = 0;
    for (const model of [join(base, "model"), join(oldBase, "model")]) {
      const [one, other] = await Promise.all([predictSaved(older, model, rows), predictSaved(current, model, rows)]);
      expect([one.xgboost, other.xgboost]).toEqual(["1.7.4", "3.0.5"]);
      expect(one.values).toHaveLength(heldOut.length);
      for (const [index, value] of one.values.entries()) {
        largest = Math.max(largest, Math.abs(value - (other.values[index] ?? Number.NaN)));
      }
    }
    expect(largest).toBeLessThanOrEqual(1e-6);
    printSummary("container proof", {
      "training metrics scraped": trainingJob.AlgorithmSpecification.MetricDefinitions.length,
      "held-out rows served": heldOut.length,
      "largest difference XGBoost 1.7.4 to 3.0.5": largest,
    });
  });
});
