import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CreateTrainingJobRequest } from "../../../core/plans/requests.ts";
import { containerRequirementsPath, ensurePythonEnvironment } from "../../../local/python/index.ts";

const HERE = fileURLToPath(new URL("container", import.meta.url));
const requirements = (name: string) => join(dirname(containerRequirementsPath), name);

/** What stands for the image: an interpreter whose packages are the image's toolkits, and where `pip install` may write. */
export interface ImagePython {
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A finished process. */
export interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * A fresh interpreter with the toolkits of the XGBoost image 3.0-5. The toolkits install the user's code with pip, so each
 * container gets a virtual environment of its own that borrows the cached packages.
 */
export async function imagePython(): Promise<ImagePython> {
  const container = await ensurePythonEnvironment({ requirementsPath: containerRequirementsPath });
  const image = await ensurePythonEnvironment({ requirementsPath: requirements("requirements-image.txt") });
  const directory = mkdtempSync(join(tmpdir(), "mlops-image-"));
  const made = await run(container.python, ["-m", "venv", "--without-pip", directory], {});
  if (made.exitCode !== 0) throw new Error(`no virtual environment: ${made.output}`);
  return {
    python: join(directory, "bin", "python"),
    environment: {
      PATH: `${join(directory, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
      HOME: directory,
      PYTHONPATH: [HERE, image.sitePackages, container.sitePackages].join(delimiter),
      // As the image's Dockerfile sets them: the base image and docker/3.0-5/final/Dockerfile.cpu.
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
      PYTHONIOENCODING: "utf-8",
      LANG: "C.UTF-8",
      SAGEMAKER_TRAINING_MODULE: "image_training:main",
      // The image's pip 25.2 finds setuptools and wheel installed and builds the user's module with them: no network is needed.
      PIP_NO_INDEX: "1",
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      OMP_WAIT_POLICY: "PASSIVE",
    },
  };
}

/** An interpreter with XGBoost 1.7.4, the version of the image 1.7-1, and without any toolkit. */
export async function olderXgboostPython(): Promise<ImagePython> {
  const container = await ensurePythonEnvironment({ requirementsPath: containerRequirementsPath });
  const older = await ensurePythonEnvironment({ requirementsPath: requirements("requirements-xgboost-1.7.txt") });
  return {
    python: older.python,
    environment: {
      PYTHONPATH: [older.sitePackages, container.sitePackages].join(delimiter),
      OMP_WAIT_POLICY: "PASSIVE",
    },
  };
}

/** The interpreter of the local cloud's containers: XGBoost 3.0.5. */
export async function currentXgboostPython(): Promise<ImagePython> {
  const { python } = await ensurePythonEnvironment({ requirementsPath: containerRequirementsPath });
  return { python, environment: { OMP_WAIT_POLICY: "PASSIVE" } };
}

/** Files of the channels by path below the channel's directory, as SageMaker lays a ManifestFile out: the keys after its prefix. */
export type Channels = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Lays out `/opt/ml` as SageMaker does before a training container starts
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
 *
 * @returns the directory that stands for `/opt/ml`
 */
export function layOutTraining(job: CreateTrainingJobRequest, channels: Channels): string {
  const base = mkdtempSync(join(tmpdir(), "mlops-opt-ml-"));
  for (const name of ["model", "output/data", "checkpoints", "input/config"])
    mkdirSync(join(base, name), { recursive: true });
  const config = (name: string, value: unknown) =>
    writeFileSync(join(base, "input/config", `${name}.json`), JSON.stringify(value));
  config("hyperparameters", job.HyperParameters);
  config(
    "inputdataconfig",
    Object.fromEntries(
      job.InputDataConfig.map((channel) => [
        channel.ChannelName,
        {
          TrainingInputMode: "File",
          S3DistributionType: channel.DataSource.S3DataSource.S3DataDistributionType,
          RecordWrapperType: "None",
          ContentType: channel.ContentType,
        },
      ]),
    ),
  );
  config("resourceconfig", {
    current_host: "algo-1",
    current_instance_type: job.ResourceConfig.InstanceType,
    current_group_name: "homogeneousCluster",
    hosts: ["algo-1"],
    instance_groups: [
      { instance_group_name: "homogeneousCluster", instance_type: job.ResourceConfig.InstanceType, hosts: ["algo-1"] },
    ],
    network_interface_name: "eth0",
  });
  for (const [channel, files] of Object.entries(channels)) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(base, "input/data", channel, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  return base;
}

/** Runs the training entry point of the image over a laid out `/opt/ml`. */
export async function trainInImage(base: string, job: CreateTrainingJobRequest, s3Endpoint: string): Promise<Finished> {
  const image = await imagePython();
  return await run(image.python, [join(HERE, "train_as_image.py")], {
    ...image.environment,
    ...awsEnvironment(base, s3Endpoint),
    TRAINING_JOB_NAME: job.TrainingJobName,
    ...job.Environment,
  });
}

/** A model server of the image. */
export interface ServingContainer {
  readonly endpoint: string;
  /** What it has logged. */
  readonly output: () => string;
  stop(): Promise<void>;
}

/**
 * Starts the serving entry point of the image on an unpacked model.tar.gz and waits until it listens.
 *
 * @throws Error with its log when it ends instead
 */
export async function serveInImage(
  base: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServingContainer> {
  const image = await imagePython();
  const child = spawn(image.python, [join(HERE, "serve_as_image.py")], {
    env: { ...image.environment, ...awsEnvironment(base, "http://127.0.0.1:1"), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const port = await new Promise<string>((resolve, reject) => {
    collect(child, (text) => {
      output += text;
      const listening = /^listening (\d+)$/m.exec(output)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    child.once("close", () => reject(new Error(`the model server ended:\n${output}`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    output: () => output,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

/** Predicts rows with a saved model: the XGBoost that answered and its raw outputs. */
export async function predictSaved(
  python: ImagePython,
  modelDirectory: string,
  rowsFile: string,
): Promise<{ xgboost: string; values: number[] }> {
  const { exitCode, output } = await run(
    python.python,
    [join(HERE, "predict_saved.py"), modelDirectory, rowsFile],
    python.environment,
  );
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as { xgboost: string; values: number[] };
}

/** Runs the recipe's train.py alone, with the variables of script mode, under some XGBoost. */
export async function trainPlain(python: ImagePython, base: string, recipe: string): Promise<Finished> {
  return await run(python.python, [join(recipe, "train.py")], {
    ...python.environment,
    SM_INPUT_CONFIG_DIR: join(base, "input/config"),
    SM_CHANNEL_TRAIN: join(base, "input/data/train"),
    SM_CHANNEL_VALIDATION: join(base, "input/data/validation"),
    SM_MODEL_DIR: join(base, "model"),
    SM_OUTPUT_DIR: join(base, "output"),
    SM_NUM_CPUS: "2",
  });
}

/** What SageMaker would give as the start of FailureReason: the first 1,024 characters of the failure file. */
export function failureOf(base: string): string {
  return readFileSync(join(base, "output/failure"), "utf8").slice(0, 1_024);
}

function awsEnvironment(base: string, s3Endpoint: string): Record<string, string> {
  return {
    SAGEMAKER_BASE_DIR: base,
    AWS_REGION: "us-east-1",
    SAGEMAKER_REGION: "us-east-1",
    S3_ENDPOINT_URL: s3Endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
}

function collect(child: ChildProcess, onText: (text: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", onText);
  }
}

function run(
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...parameters], {
      env: { PATH: process.env["PATH"] ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    collect(child, (text) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
