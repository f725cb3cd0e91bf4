/** A service as `arn:aws:states:::aws-sdk:<name>:...` names it. */
export interface SdkService {
  /** Id of the local service. */
  readonly id: string;
  /** Client name of the AWS SDK for Java 2.x, the prefix of error names. */
  readonly client: string;
}

/**
 * Services of the AWS SDK integrations that exist in this cloud. Names after
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html (column "exception prefix").
 */
export const SDK_SERVICES: Readonly<Record<string, SdkService>> = {
  cloudformation: { id: "cloudformation", client: "CloudFormation" },
  cloudwatch: { id: "cloudwatch", client: "CloudWatch" },
  cloudwatchlogs: { id: "logs", client: "CloudWatchLogs" },
  dynamodb: { id: "dynamodb", client: "DynamoDb" },
  eventbridge: { id: "events", client: "EventBridge" },
  iam: { id: "iam", client: "Iam" },
  kms: { id: "kms", client: "Kms" },
  lambda: { id: "lambda", client: "Lambda" },
  s3: { id: "s3", client: "S3" },
  sagemaker: { id: "sagemaker", client: "SageMaker" },
  sagemakerruntime: { id: "sagemaker-runtime", client: "SageMakerRuntime" },
  sfn: { id: "stepfunctions", client: "Sfn" },
  sns: { id: "sns", client: "Sns" },
  sqs: { id: "sqs", client: "Sqs" },
  sts: { id: "sts", client: "Sts" },
};

/** How long a task goes on after its request. */
export type Pattern = "request" | "sync" | "sync:2" | "waitForTaskToken";

/** A service with an optimized integration. */
export interface OptimizedService {
  readonly id: string;
  /** Prefix of error names. */
  readonly prefix: string;
  /** Error name for errors that the service's model does not list. */
  readonly baseException: string;
  /** Service name in the cause's text, as the AWS SDK for Java 1.x writes it. */
  readonly causeName: string;
  /** Actions and the patterns that each supports. */
  readonly actions: Readonly<Record<string, readonly Pattern[]>>;
}

const REQUEST = ["request"] as const;
const JOB = ["request", "sync"] as const;
const CALLBACK = ["request", "waitForTaskToken"] as const;

/**
 * Optimized integrations that exist in this cloud, with the actions of
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html. Error names follow AWS's own samples:
 * `SageMaker.AmazonSageMakerException` (sample "Train a machine learning model"), `DynamoDB.AmazonDynamoDBException` (sample
 * "Invoke synchronous express workflows"), `Lambda.AWSLambdaException` and `Lambda.TooManyRequestsException` (best practice
 * "Handle transient Lambda service exceptions"), `StepFunctions.ExecutionAlreadyExistsException` (connect-stepfunctions):
 * the class names of the AWS SDK for Java 1.x under the service's prefix.
 */
export const OPTIMIZED_SERVICES: Readonly<Record<string, OptimizedService>> = {
  lambda: {
    id: "lambda",
    prefix: "Lambda",
    baseException: "AWSLambdaException",
    causeName: "AWSLambda",
    actions: { invoke: CALLBACK },
  },
  sagemaker: {
    id: "sagemaker",
    prefix: "SageMaker",
    baseException: "AmazonSageMakerException",
    causeName: "AmazonSageMaker",
    actions: {
      createEndpoint: REQUEST,
      createEndpointConfig: REQUEST,
      createHyperParameterTuningJob: JOB,
      createModel: REQUEST,
      createProcessingJob: JOB,
      createTrainingJob: JOB,
      createTransformJob: JOB,
      updateEndpoint: REQUEST,
    },
  },
  states: {
    id: "stepfunctions",
    prefix: "StepFunctions",
    baseException: "AWSStepFunctionsException",
    causeName: "AWSStepFunctions",
    actions: { startExecution: ["request", "sync", "sync:2", "waitForTaskToken"] },
  },
  dynamodb: {
    id: "dynamodb",
    prefix: "DynamoDB",
    baseException: "AmazonDynamoDBException",
    causeName: "AmazonDynamoDBv2",
    actions: { deleteItem: REQUEST, getItem: REQUEST, putItem: REQUEST, updateItem: REQUEST },
  },
  sqs: {
    id: "sqs",
    prefix: "SQS",
    baseException: "AmazonSQSException",
    causeName: "AmazonSQS",
    actions: { sendMessage: CALLBACK },
  },
  sns: {
    id: "sns",
    prefix: "SNS",
    baseException: "AmazonSNSException",
    causeName: "AmazonSNS",
    actions: { publish: CALLBACK },
  },
  events: {
    id: "events",
    prefix: "EventBridge",
    baseException: "AmazonEventBridgeException",
    causeName: "AmazonCloudWatchEvents",
    actions: { putEvents: CALLBACK },
  },
};
