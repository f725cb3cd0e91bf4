import type { PlannedFault } from "./support/proof-cloud.ts";

/** One way in which AWS fails, and what the factory must make of it. */
export interface FailureRow {
  readonly failure: string;
  /**
   * `delivered`: the run succeeds and its version serves. `run-failed`: the run ends as failed, with the reason, an alert and the champion
   * untouched. `delivery-failed`: the version is on record, but the champion goes on serving, with the reason and an alert.
   */
  readonly outcome: "delivered" | "run-failed" | "delivery-failed";
  /** What the recorded reason must say, when something failed. */
  readonly reason?: RegExp;
  /** The faults, for a model of that name. */
  readonly faults: (model: string) => readonly PlannedFault[];
  /** A model without a champion, so that the endpoint is created and not updated. */
  readonly first?: true;
}

const STAGE = "dev";
const many = 1_000;

type Kind = Omit<PlannedFault, "service" | "operation" | "match">;

/** A call of SageMaker that concerns the model; `suffix` narrows it by the name of the thing. */
const sagemaker =
  (operation: string, kind: Kind, suffix = "") =>
  (model: string): PlannedFault[] => [
    { service: "sagemaker", operation, match: `"${STAGE}-${model}(-[a-z0-9-]*)?${suffix}"`, ...kind },
  ];

/** The invocation of a handler for the model, by Step Functions (`Invoke`) or as such (`RunFunction`). */
const handler =
  (name: string, operation: "Invoke" | "RunFunction", kind: Kind) =>
  (model: string): PlannedFault[] => [
    { service: "lambda", operation, match: `Functions${name}Function.*"model":"${model}"`, ...kind },
  ];

/** A write or read of the model's items in the registry. */
const dynamodb =
  (operation: string, kind: Kind) =>
  (model: string): PlannedFault[] => [{ service: "dynamodb", operation, match: `MODEL#${model}"|"${model}"`, ...kind }];

/** An object of the model. */
const s3 =
  (operation: string, kind: Kind, part = "") =>
  (model: string): PlannedFault[] => [{ service: "s3", operation, match: `"Key":"${model}/${part}`, ...kind }];

const error = (code: string, statusCode: number, message = code): Kind["error"] => ({ code, statusCode, message });
const job = (failureReason: string): Kind => ({ job: { failureReason } });
const lost: Kind = { dropResponse: true };

const THROTTLED = error("ThrottlingException", 400, "Rate exceeded");
const LIMIT = error(
  "ResourceLimitExceeded",
  400,
  "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances, with current utilization of 0 Instances",
);
const INTERNAL = error("InternalFailure", 500, "The request processing has failed because of an unknown error");
const UNAVAILABLE = error("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server");
const INVALID = error("ValidationException", 400, "1 validation error detected");
const DENIED = error("AccessDeniedException", 400, "User is not authorized to perform this action");
const TIMEOUT: Kind = {
  functionError: {
    errorType: "Sandbox.Timedout",
    errorMessage: "RequestId: 0 Error: Task timed out after 60.00 seconds",
  },
};
const OUT_OF_MEMORY: Kind = {
  functionError: {
    errorType: "Runtime.ExitError",
    errorMessage: "RequestId: 0 Error: Runtime exited with error: signal: killed",
  },
};
const CONFLICT: Kind["error"] = {
  code: "TransactionCanceledException",
  statusCode: 400,
  message: "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
  members: {
    CancellationReasons: [{ Code: "TransactionConflict", Message: "Transaction is ongoing for the item" }],
  },
};

/**
 * Every failure that AWS documents for the calls that the machines and handlers make. Sources: the Errors sections and "Common
 * Errors" of the API references of SageMaker, Lambda, DynamoDB, S3, SNS and Step Functions;
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html;
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html;
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html;
 * FailureReason and SecondaryStatus in https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html.
 */
export const FAILURES: readonly FailureRow[] = [
  // Lambda, as Step Functions calls it
  {
    failure: "Lambda throttles (429) the plan three times",
    outcome: "delivered",
    faults: handler("trainingplan", "Invoke", {
      error: error("TooManyRequestsException", 429, "Rate Exceeded."),
      times: 3,
    }),
  },
  {
    failure: "Lambda has a service exception (500) three times",
    outcome: "delivered",
    faults: handler("gate", "Invoke", { error: error("ServiceException", 500), times: 3 }),
  },
  {
    failure: "Lambda answers with an error that its model does not list (502)",
    outcome: "delivered",
    faults: handler("gate", "Invoke", { error: error("BadGateway", 502), times: 2 }),
  },
  {
    failure: "a function is just being updated (ResourceConflictException)",
    outcome: "delivered",
    faults: handler("trainingplan", "Invoke", { error: error("ResourceConflictException", 409), times: 2 }),
  },
  {
    failure: "Lambda's answer is lost after the version was registered",
    outcome: "delivered",
    faults: handler("register", "Invoke", lost),
  },
  {
    failure: "the register function times out after its work",
    outcome: "delivered",
    faults: handler("register", "RunFunction", { ...TIMEOUT, afterEffect: true }),
  },
  {
    failure: "the plan function times out before its work",
    outcome: "delivered",
    faults: handler("trainingplan", "RunFunction", TIMEOUT),
  },
  {
    failure: "the gate runs out of memory",
    outcome: "run-failed",
    reason: /Runtime\.ExitError.*signal: killed/,
    faults: handler("gate", "RunFunction", OUT_OF_MEMORY),
  },
  {
    failure: "the gate and then the failure path itself run out of memory",
    outcome: "run-failed",
    reason: /Runtime\.ExitError/,
    faults: (model) => [
      ...handler("gate", "RunFunction", OUT_OF_MEMORY)(model),
      ...handler("trainingfail", "RunFunction", OUT_OF_MEMORY)(model),
    ],
  },
  {
    failure: "the finish function times out after it has released the lease",
    outcome: "delivered",
    faults: handler("trainingfinish", "RunFunction", { ...TIMEOUT, afterEffect: true }),
  },
  // CreateTrainingJob
  {
    failure: "CreateTrainingJob is throttled three times",
    outcome: "delivered",
    faults: sagemaker("CreateTrainingJob", { error: THROTTLED, times: 3 }),
  },
  {
    failure: "CreateTrainingJob meets a quota that frees (ResourceLimitExceeded)",
    outcome: "delivered",
    faults: sagemaker("CreateTrainingJob", { error: LIMIT, times: 3 }),
  },
  {
    failure: "CreateTrainingJob meets a quota of 0",
    outcome: "run-failed",
    reason: /ResourceLimitExceeded.*service limit/,
    faults: sagemaker("CreateTrainingJob", { error: LIMIT, times: 9 }),
  },
  {
    failure: "CreateTrainingJob has an internal failure (500) twice",
    outcome: "delivered",
    faults: sagemaker("CreateTrainingJob", { error: INTERNAL, times: 2 }),
  },
  {
    failure: "CreateTrainingJob is unavailable (503) twice",
    outcome: "delivered",
    faults: sagemaker("CreateTrainingJob", { error: UNAVAILABLE, times: 2 }),
  },
  {
    failure: "CreateTrainingJob's answer is lost",
    outcome: "delivered",
    faults: sagemaker("CreateTrainingJob", lost),
  },
  {
    failure: "CreateTrainingJob's answer is lost, and the job fails",
    outcome: "run-failed",
    reason: /AlgorithmError: it broke/,
    faults: (model) => [
      ...sagemaker("CreateTrainingJob", lost)(model),
      ...sagemaker("RunTrainingJob", job("AlgorithmError: it broke, exit code: 1"))(model),
    ],
  },
  {
    failure: "CreateTrainingJob is refused (ValidationException): told within six tries",
    outcome: "run-failed",
    reason: /AmazonSageMakerException.*validation error/,
    faults: sagemaker("CreateTrainingJob", { error: INVALID, times: 6 }),
  },
  {
    failure: "CreateTrainingJob is denied",
    outcome: "run-failed",
    reason: /not authorized/,
    faults: sagemaker("CreateTrainingJob", { error: DENIED, times: 6 }),
  },
  // Training jobs
  {
    failure: "the training job fails with AlgorithmError",
    outcome: "run-failed",
    reason: /AlgorithmError: ExecuteUserScriptError/,
    faults: sagemaker("RunTrainingJob", job("AlgorithmError: ExecuteUserScriptError, exit code: 1")),
  },
  {
    failure: "the training job fails with ClientError",
    outcome: "run-failed",
    reason: /ClientError: Data download failed/,
    faults: sagemaker("RunTrainingJob", job("ClientError: Data download failed: NoSuchKey (404)")),
  },
  {
    failure: "the training job fails with InternalServerError",
    outcome: "run-failed",
    reason: /InternalServerError/,
    faults: sagemaker(
      "RunTrainingJob",
      job("InternalServerError: We encountered an internal error. Please try again."),
    ),
  },
  {
    failure: "the training job gets no instance (CapacityError)",
    outcome: "run-failed",
    reason: /CapacityError/,
    faults: sagemaker(
      "RunTrainingJob",
      job(
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
      ),
    ),
  },
  {
    failure: "a spot instance is taken back and the job starts again",
    outcome: "delivered",
    faults: sagemaker("RunTrainingJob", { job: { interruptAfterMillis: 0 } }),
  },
  {
    failure: "the training job exceeds its maximum runtime",
    outcome: "run-failed",
    reason: /is Stopped: MaxRuntimeExceeded/,
    faults: sagemaker("RunTrainingJob", { job: { maxRuntimeMillis: 0 } }),
  },
  // CreateModel
  {
    failure: "CreateModel is throttled twice",
    outcome: "delivered",
    faults: sagemaker("CreateModel", { error: THROTTLED, times: 2 }),
  },
  { failure: "CreateModel's answer is lost", outcome: "delivered", faults: sagemaker("CreateModel", lost) },
  {
    failure: "CreateModel meets the quota of models",
    outcome: "run-failed",
    reason: /ResourceLimitExceeded/,
    faults: sagemaker("CreateModel", { error: LIMIT, times: 9 }),
  },
  // Transform jobs
  {
    failure: "CreateTransformJob is throttled twice",
    outcome: "delivered",
    faults: sagemaker("CreateTransformJob", { error: THROTTLED, times: 2 }, "-transform"),
  },
  {
    failure: "CreateTransformJob's answer is lost (challenger)",
    outcome: "delivered",
    faults: sagemaker("CreateTransformJob", lost, "-transform"),
  },
  {
    failure: "CreateTransformJob's answer is lost (champion)",
    outcome: "delivered",
    faults: sagemaker("CreateTransformJob", lost, "-baseline"),
  },
  {
    failure: "CreateTransformJob's answer is lost, and the job fails",
    outcome: "run-failed",
    reason: /AlgorithmError: See job logs/,
    faults: (model) => [
      ...sagemaker("CreateTransformJob", lost, "-transform")(model),
      ...sagemaker("RunTransformJob", job("AlgorithmError: See job logs for more information"), "-transform")(model),
    ],
  },
  {
    failure: "CreateTransformJob meets a quota that frees",
    outcome: "delivered",
    faults: sagemaker("CreateTransformJob", { error: LIMIT, times: 3 }, "-transform"),
  },
  {
    failure: "a transform job fails with ClientError",
    outcome: "run-failed",
    reason: /ClientError: See job logs/,
    faults: sagemaker("RunTransformJob", job("ClientError: See job logs for more information"), "-transform"),
  },
  {
    failure: "the champion's transform job fails with InternalServerError",
    outcome: "run-failed",
    reason: /InternalServerError/,
    faults: sagemaker("RunTransformJob", job("InternalServerError: We encountered an internal error."), "-baseline"),
  },
  // Delivery
  {
    failure: "StartExecution of the delivery is throttled",
    outcome: "delivered",
    faults: (model) => [
      { service: "stepfunctions", operation: "StartExecution", match: `"${model}-d`, error: THROTTLED, times: 2 },
    ],
  },
  {
    failure: "StartExecution's answer is lost",
    outcome: "delivered",
    faults: (model) => [{ service: "stepfunctions", operation: "StartExecution", match: `"${model}-d`, ...lost }],
  },
  {
    failure: "CreateEndpointConfig is throttled twice",
    outcome: "delivered",
    faults: sagemaker("CreateEndpointConfig", { error: THROTTLED, times: 2 }),
  },
  {
    failure: "CreateEndpointConfig's answer is lost",
    outcome: "delivered",
    faults: sagemaker("CreateEndpointConfig", lost),
  },
  {
    failure: "CreateEndpointConfig meets its quota",
    outcome: "delivery-failed",
    reason: /ResourceLimitExceeded/,
    faults: sagemaker("CreateEndpointConfig", { error: LIMIT, times: 9 }),
  },
  {
    failure: "UpdateEndpoint is throttled twice",
    outcome: "delivered",
    faults: sagemaker("UpdateEndpoint", { error: THROTTLED, times: 2 }),
  },
  { failure: "UpdateEndpoint's answer is lost", outcome: "delivered", faults: sagemaker("UpdateEndpoint", lost) },
  {
    failure: "UpdateEndpoint meets a quota of 0",
    outcome: "delivery-failed",
    reason: /ResourceLimitExceeded/,
    faults: sagemaker("UpdateEndpoint", { error: LIMIT, times: 9 }),
  },
  {
    failure: "DescribeEndpoint is throttled while the update is awaited",
    outcome: "delivered",
    faults: sagemaker("DescribeEndpoint", { error: THROTTLED, nth: 2, times: 3 }),
  },
  {
    failure: "the new containers do not answer the ping",
    outcome: "delivery-failed",
    reason: /did not pass the ping health check/,
    faults: sagemaker("RunEndpoint", job("The production variant champion did not pass the ping health check.")),
  },
  {
    failure: "the new fleet gets no capacity",
    outcome: "delivery-failed",
    reason: /Unable to provision/,
    faults: sagemaker("RunEndpoint", job("CapacityError: Unable to provision requested ML compute capacity.")),
  },
  {
    failure: "an alarm rolls the update back",
    outcome: "delivery-failed",
    reason: /alarm/i,
    faults: sagemaker("RunEndpoint", job("The alarm errors is in state ALARM.")),
  },
  {
    failure: "the smoke test times out once",
    outcome: "delivered",
    faults: handler("deliverysmoke", "RunFunction", TIMEOUT),
  },
  {
    failure: "the smoke test runs out of memory",
    outcome: "delivery-failed",
    reason: /Runtime\.ExitError/,
    faults: handler("deliverysmoke", "RunFunction", OUT_OF_MEMORY),
  },
  {
    failure: "Lambda's answer is lost after the head was swapped",
    outcome: "delivered",
    faults: handler("deliverycomplete", "Invoke", lost),
  },
  {
    failure: "InvokeEndpoint is unavailable (503) for the smoke test",
    outcome: "delivered",
    faults: (model) => [
      {
        service: "sagemaker-runtime",
        operation: "InvokeEndpoint",
        match: `"${STAGE}-${model}"`,
        error: UNAVAILABLE,
        times: 2,
      },
    ],
  },
  // The first endpoint
  {
    failure: "CreateEndpoint's answer is lost",
    outcome: "delivered",
    first: true,
    faults: sagemaker("CreateEndpoint", lost),
  },
  {
    failure: "the first endpoint does not come up",
    outcome: "delivery-failed",
    reason: /did not pass the ping health check/,
    first: true,
    faults: sagemaker("RunEndpoint", job("The production variant champion did not pass the ping health check.")),
  },
  {
    failure: "CreateEndpoint meets a quota of 0",
    outcome: "delivery-failed",
    reason: /ResourceLimitExceeded/,
    first: true,
    faults: sagemaker("CreateEndpoint", { error: LIMIT, times: many }),
  },
  // DynamoDB
  {
    failure: "DynamoDB's throughput is exceeded three times",
    outcome: "delivered",
    faults: dynamodb("TransactWriteItems", { error: error("ProvisionedThroughputExceededException", 400), times: 3 }),
  },
  {
    failure: "DynamoDB throttles reads three times",
    outcome: "delivered",
    faults: dynamodb("GetItem", { error: THROTTLED, times: 3 }),
  },
  {
    failure: "DynamoDB's request limit is exceeded twice",
    outcome: "delivered",
    faults: dynamodb("Query", { error: error("RequestLimitExceeded", 400), times: 2 }),
  },
  {
    failure: "DynamoDB has an internal server error (500) twice",
    outcome: "delivered",
    faults: dynamodb("PutItem", { error: error("InternalServerError", 500), times: 2 }),
  },
  {
    failure: "transactions conflict three times",
    outcome: "delivered",
    faults: dynamodb("TransactWriteItems", { error: CONFLICT, times: 3 }),
  },
  {
    failure: "somebody else changes the head first (ConditionalCheckFailed)",
    outcome: "delivered",
    faults: dynamodb("TransactWriteItems", {
      error: {
        code: "TransactionCanceledException",
        statusCode: 400,
        message: "Transaction cancelled [ConditionalCheckFailed]",
        members: {
          CancellationReasons: [{ Code: "ConditionalCheckFailed", Message: "The conditional request failed" }],
        },
      },
      times: 2,
    }),
  },
  {
    failure: "a transaction of the same token is in progress",
    outcome: "delivered",
    faults: dynamodb("TransactWriteItems", { error: error("TransactionInProgressException", 400), times: 2 }),
  },
  {
    failure: "the answer to a transaction is lost",
    outcome: "delivered",
    faults: dynamodb("TransactWriteItems", lost),
  },
  // S3
  {
    failure: "S3 asks to slow down (503) three times",
    outcome: "delivered",
    faults: s3(
      "PutObject",
      { error: error("SlowDown", 503, "Please reduce your request rate."), times: 3 },
      "(runs|datasets|batches)/",
    ),
  },
  {
    failure: "S3 has an internal error (500) three times",
    outcome: "delivered",
    faults: s3("GetObject", { error: error("InternalError", 500), times: 3 }),
  },
  {
    failure: "the answer to a PutObject is lost",
    outcome: "delivered",
    faults: s3("PutObject", lost, "(runs|datasets|batches)/"),
  },
  {
    failure: "the ingest function is killed; the message comes again",
    outcome: "delivered",
    faults: (model) => [
      { service: "lambda", operation: "RunFunction", match: `Functionsingest.*${model}/incoming/`, ...OUT_OF_MEMORY },
    ],
  },
  // SNS
  {
    failure: "the training job fails and SNS has an internal error (500) twice",
    outcome: "run-failed",
    reason: /AlgorithmError/,
    faults: (model) => [
      ...sagemaker("RunTrainingJob", job("AlgorithmError: it broke, exit code: 1"))(model),
      {
        service: "sns",
        operation: "Publish",
        match: `"StringValue":"${model}"`,
        error: error("InternalError", 500),
        times: 2,
      },
    ],
  },
  {
    failure: "the training job fails and SNS throttles more often than the SDK tries",
    outcome: "run-failed",
    reason: /AlgorithmError/,
    faults: (model) => [
      ...sagemaker("RunTrainingJob", job("AlgorithmError: it broke, exit code: 1"))(model),
      {
        service: "sns",
        operation: "Publish",
        match: `"StringValue":"${model}"`,
        error: error("Throttled", 429),
        times: 6,
      },
    ],
  },
];
