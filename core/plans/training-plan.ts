import { hyperparameters } from "./columns.ts";
import type { PlanContext } from "./context.ts";
import { xgboostImage } from "./images.ts";
import { dataKeys, s3Uri, sagemakerModelName, trainingJobName, transformJobName } from "./names.ts";
import type {
  ChannelRequest,
  CreateModelRequest,
  CreateTrainingJobRequest,
  CreateTransformJobRequest,
} from "./requests.ts";
import { resourceTags } from "./tags.ts";

/** What a training run trains on. */
export interface TrainingPlanInput {
  readonly runId: string;
  readonly datasetId: string;
  /** Channels that have rows; `train` and `test` always do. */
  readonly hasValidation: boolean;
  readonly classes: readonly string[] | null;
  /** Key of the recipe's source bundle in the artifact bucket. */
  readonly sourceKey: string;
  /** SageMaker model of the champion that predicts the same rows; null before the first one. */
  readonly championModelName: string | null;
}

/** Every SageMaker request of a training run. */
export interface TrainingRequests {
  readonly trainingJob: CreateTrainingJobRequest;
  readonly model: CreateModelRequest;
  readonly transforms: {
    readonly challenger: CreateTransformJobRequest;
    readonly champion: CreateTransformJobRequest | null;
  };
}

/** Metrics that the recipe prints, for SageMaker's console: `[mlops] metric validation:auc=0.81`. */
const SCRAPED_METRICS = {
  "binary-classification": ["auc", "accuracy", "logloss"],
  "multiclass-classification": ["accuracy", "logloss"],
  regression: ["rmse", "mae"],
} as const;

/** Spot capacity may be short: wait for it as long again as the job may run, and at least an hour. */
const MIN_SPOT_WAIT_SECONDS = 3_600;
/** 30 days: SageMaker's limit for MaxWaitTimeInSeconds (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html). */
const MAX_WAIT_SECONDS = 2_592_000;

/** Computes all requests of a run. Pure: the same input gives the same requests. */
export function planTrainingRequests(context: PlanContext, input: TrainingPlanInput): TrainingRequests {
  const { stage, definition } = context;
  const modelName = sagemakerModelName(stage, definition.name, input.runId);
  return {
    trainingJob: trainingJob(context, input),
    model: {
      ModelName: modelName,
      ExecutionRoleArn: context.sagemakerRoleArn,
      PrimaryContainer: { Image: xgboostImage(context.region), Environment: servingEnvironment() },
      Tags: resourceTags(stage, definition.name, { "mlops:run": input.runId }),
    },
    transforms: {
      challenger: transformJob(context, input, "challenger", modelName),
      champion:
        input.championModelName === null ? null : transformJob(context, input, "champion", input.championModelName),
    },
  };
}

/** Environment of the serving container: the code travels inside the artifact. */
export function servingEnvironment(): Record<string, string> {
  return { SAGEMAKER_PROGRAM: "inference.py", SAGEMAKER_SUBMIT_DIRECTORY: "/opt/ml/model/code" };
}

function trainingJob(context: PlanContext, input: TrainingPlanInput): CreateTrainingJobRequest {
  const { stage, artifactBucket, definition } = context;
  const { instance } = definition.training;
  const maxRuntimeSeconds = instance.maxRuntimeMinutes * 60;
  const waitSeconds = Math.min(
    MAX_WAIT_SECONDS,
    maxRuntimeSeconds + Math.max(maxRuntimeSeconds, MIN_SPOT_WAIT_SECONDS),
  );
  return {
    TrainingJobName: trainingJobName(stage, definition.name, input.runId),
    AlgorithmSpecification: {
      TrainingImage: xgboostImage(context.region),
      TrainingInputMode: "File",
      MetricDefinitions: metricDefinitions(definition.problem),
    },
    RoleArn: context.sagemakerRoleArn,
    InputDataConfig: [
      channel(context, input.datasetId, "train"),
      ...(input.hasValidation ? [channel(context, input.datasetId, "validation")] : []),
    ],
    OutputDataConfig: { S3OutputPath: s3Uri(artifactBucket, `${definition.name}/${input.runId}`) },
    ResourceConfig: {
      InstanceType: instance.type,
      InstanceCount: instance.count,
      VolumeSizeInGB: instance.volumeGib,
    },
    StoppingCondition: instance.spot
      ? { MaxRuntimeInSeconds: maxRuntimeSeconds, MaxWaitTimeInSeconds: waitSeconds }
      : { MaxRuntimeInSeconds: maxRuntimeSeconds },
    HyperParameters: hyperparameters(definition, input.classes, s3Uri(artifactBucket, input.sourceKey)),
    EnableManagedSpotTraining: instance.spot,
    CheckpointConfig: {
      S3Uri: s3Uri(artifactBucket, `${definition.name}/${input.runId}/checkpoints`),
      LocalPath: "/opt/ml/checkpoints",
    },
    RetryStrategy: { MaximumRetryAttempts: 2 },
    Environment: {},
    Tags: resourceTags(stage, definition.name, { "mlops:run": input.runId }),
  };
}

function metricDefinitions(problem: keyof typeof SCRAPED_METRICS): { Name: string; Regex: string }[] {
  return ["train", "validation"].flatMap((side) =>
    SCRAPED_METRICS[problem].map((metric) => ({
      Name: `${side}:${metric}`,
      Regex: `\\[mlops\\] metric ${side}:${metric}=([-+0-9.eE]+)`,
    })),
  );
}

function channel(context: PlanContext, datasetId: string, name: "train" | "validation"): ChannelRequest {
  return {
    ChannelName: name,
    ContentType: "text/csv",
    InputMode: "File",
    CompressionType: "None",
    DataSource: {
      S3DataSource: {
        S3DataType: "ManifestFile",
        S3Uri: s3Uri(context.dataBucket, dataKeys.channelManifest(context.definition.name, datasetId, name)),
        S3DataDistributionType: "FullyReplicated",
      },
    },
  };
}

function transformJob(
  context: PlanContext,
  input: TrainingPlanInput,
  role: "challenger" | "champion",
  modelName: string,
): CreateTransformJobRequest {
  const { stage, dataBucket, definition } = context;
  return {
    TransformJobName: transformJobName(stage, definition.name, input.runId, role),
    ModelName: modelName,
    BatchStrategy: "MultiRecord",
    MaxPayloadInMB: 6,
    ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 3 },
    // The champion may not know a column that the definition has since gained.
    Environment: { MLOPS_UNKNOWN_FIELDS: "ignore" },
    TransformInput: {
      DataSource: {
        S3DataSource: {
          S3DataType: "ManifestFile",
          S3Uri: s3Uri(dataBucket, dataKeys.channelManifest(definition.name, input.datasetId, "test")),
        },
      },
      ContentType: "application/jsonlines",
      SplitType: "Line",
      CompressionType: "None",
    },
    TransformOutput: {
      S3OutputPath: s3Uri(dataBucket, dataKeys.transformPrefix(definition.name, input.runId, role)),
      Accept: "application/jsonlines",
      AssembleWith: "Line",
    },
    DataProcessing: { InputFilter: "$.features", JoinSource: "Input" },
    TransformResources: {
      InstanceType: definition.training.instance.type,
      InstanceCount: definition.training.instance.count,
    },
    Tags: resourceTags(stage, definition.name, { "mlops:run": input.runId }),
  };
}
