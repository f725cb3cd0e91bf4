import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  CreateTransformJobCommand,
  type CreateTransformJobRequest,
  type DataCaptureConfig,
  DescribeEndpointCommand,
  type DescribeEndpointOutput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  DescribeTransformJobCommand,
  type DescribeTransformJobResponse,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandOutput,
  SageMakerRuntimeClient,
} from "@aws-sdk/client-sagemaker-runtime";
import { xgboostImageUri } from "../../local/services/sagemaker/index.ts";
import { type StartedCloud, startCloud } from "./start-cloud.ts";
import { readStrikes, strikeColumns, toTrainingCsv } from "./strike-data.ts";
import { packXgboostRecipe } from "./xgboost-recipe.ts";

export const bucket = "sagemaker-contract";
export const roleArn = "arn:aws:iam::000000000000:role/SageMaker";
export const image = xgboostImageUri("us-east-1");

/** SDK clients of a cloud, and short forms of what the suites do again and again. */
export class SagemakerClients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;

  constructor(cloud: Pick<StartedCloud, "clientConfig">) {
    this.s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
    this.sagemaker = new SageMakerClient(cloud.clientConfig);
    this.runtime = new SageMakerRuntimeClient(cloud.clientConfig);
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  async get(key: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async text(key: string): Promise<string> {
    return Buffer.from(await this.get(key)).toString("utf8");
  }

  async keys(prefix: string): Promise<string[]> {
    const { Contents } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return (Contents ?? []).map(({ Key }) => Key ?? "");
  }

  /** Starts a training job and waits for its end. */
  async train(name: string, change: Partial<CreateTrainingJobRequest> = {}): Promise<DescribeTrainingJobResponse> {
    await this.sagemaker.send(new CreateTrainingJobCommand(trainingRequest(name, change)));
    return await this.trained(name);
  }

  async trained(name: string): Promise<DescribeTrainingJobResponse> {
    return await until(
      () => this.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
      ({ TrainingJobStatus }) => !["InProgress", "Stopping"].includes(TrainingJobStatus ?? ""),
    );
  }

  async transform(name: string, change: Partial<CreateTransformJobRequest>): Promise<DescribeTransformJobResponse> {
    await this.sagemaker.send(new CreateTransformJobCommand(transformRequest(name, change)));
    return await until(
      () => this.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name })),
      ({ TransformJobStatus }) => !["InProgress", "Stopping"].includes(TransformJobStatus ?? ""),
    );
  }

  async createModel(name: string, modelDataUrl: string): Promise<void> {
    const Environment = {
      SAGEMAKER_PROGRAM: "inference.py",
      SAGEMAKER_SUBMIT_DIRECTORY: "/opt/ml/model/code",
    };
    await this.sagemaker.send(
      new CreateModelCommand({
        ModelName: name,
        ExecutionRoleArn: roleArn,
        PrimaryContainer: { Image: image, ModelDataUrl: modelDataUrl, Environment },
      }),
    );
  }

  /** Makes an endpoint configuration of variants, given as name, model and weight. */
  async createConfig(
    name: string,
    variants: readonly (readonly [name: string, model: string, weight: number])[],
    DataCaptureConfig?: DataCaptureConfig,
  ): Promise<void> {
    await this.sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: variants.map(([VariantName, ModelName, InitialVariantWeight]) => ({
          VariantName,
          ModelName,
          InitialVariantWeight,
          InitialInstanceCount: 1,
          InstanceType: "ml.m5.large",
        })),
        DataCaptureConfig,
      }),
    );
  }

  async createEndpoint(name: string, configName: string): Promise<DescribeEndpointOutput> {
    await this.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: configName }));
    return await this.settled(name);
  }

  /** Waits until nothing is going on with the endpoint. */
  async settled(name: string): Promise<DescribeEndpointOutput> {
    return await until(
      () => this.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
      ({ EndpointStatus }) => ["InService", "Failed"].includes(EndpointStatus ?? ""),
    );
  }

  invoke(
    endpoint: string,
    body: string,
    options: { contentType?: string; accept?: string; variant?: string; id?: string } = {},
  ): Promise<InvokeEndpointCommandOutput> {
    return this.runtime.send(
      new InvokeEndpointCommand({
        EndpointName: endpoint,
        Body: Buffer.from(body),
        ContentType: options.contentType ?? "application/json",
        Accept: options.accept,
        TargetVariant: options.variant,
        InferenceId: options.id,
      }),
    );
  }
}

/** Starts the cloud and prepares its bucket. */
export async function startSagemakerCloud(): Promise<{ cloud: StartedCloud; clients: SagemakerClients }> {
  const cloud = await startCloud();
  const clients = new SagemakerClients(cloud);
  await prepareBucket(clients);
  return { cloud, clients };
}

/** Uploads the recipe and 1,500 bird-strike reports: `train/`, `validation/`, `test/held-out.jsonl` below `data/`. */
export async function prepareBucket(clients: SagemakerClients): Promise<void> {
  await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const strikes = readStrikes(1_500);
  await clients.put("source.tar.gz", await packXgboostRecipe());
  await clients.put("data/train/part-00000.csv", toTrainingCsv(strikes.slice(0, 600)));
  await clients.put("data/train/part-00001.csv", toTrainingCsv(strikes.slice(600, 1_000)));
  await clients.put("data/validation/part-00000.csv", toTrainingCsv(strikes.slice(1_000, 1_200)));
  const heldOut = strikes.slice(1_200).map((strike, row) => JSON.stringify({ id: `x:${row + 1}`, ...strike }));
  await clients.put("data/test/held-out.jsonl", `${heldOut.join("\n")}\n`);
}

/** A request that trains a small model in about half a second. */
export function trainingRequest(
  name: string,
  change: Partial<CreateTrainingJobRequest> = {},
): CreateTrainingJobRequest {
  return {
    TrainingJobName: name,
    RoleArn: roleArn,
    AlgorithmSpecification: {
      TrainingImage: image,
      TrainingInputMode: "File",
      MetricDefinitions: [{ Name: "validation:auc", Regex: "\\[mlops\\] metric validation:auc=([0-9.eE+-]+)" }],
    },
    HyperParameters: hyperparameters(),
    InputDataConfig: ["train", "validation"].map((ChannelName) => ({
      ChannelName,
      ContentType: "text/csv",
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/data/${ChannelName}/` } },
    })),
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/artifacts` },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...change,
  };
}

/** Hyperparameters of the recipe, some of them changed. */
export function hyperparameters(change: Record<string, string> = {}): Record<string, string> {
  return {
    sagemaker_program: "train.py",
    sagemaker_submit_directory: `s3://${bucket}/source.tar.gz`,
    "mlops-columns": JSON.stringify(strikeColumns),
    num_round: "20",
    ...change,
  };
}

/** A request that joins predictions to the held-out rows. */
export function transformRequest(
  name: string,
  change: Partial<CreateTransformJobRequest> = {},
): CreateTransformJobRequest {
  return {
    TransformJobName: name,
    ModelName: "strikes",
    BatchStrategy: "MultiRecord",
    TransformInput: {
      ContentType: "application/jsonlines",
      SplitType: "Line",
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/data/test/` } },
    },
    TransformOutput: {
      S3OutputPath: `s3://${bucket}/out/${name}`,
      Accept: "application/jsonlines",
      AssembleWith: "Line",
    },
    DataProcessing: { InputFilter: "$.features", JoinSource: "Input" },
    TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
    ...change,
  };
}

/** Asks again until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
