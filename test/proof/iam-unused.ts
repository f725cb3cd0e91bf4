import type { Explanation } from "./support/iam-verdict.ts";

/** What puts an endpoint back, or away, after a failed delivery. */
const RESTORE = ["sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint"];
/** What removes the things that no delivery needs any more. */
const TIDY_UP = [
  "sagemaker:DeleteEndpointConfig",
  "cloudwatch:DeleteAlarms",
  "dynamodb:Query",
  "sagemaker:DescribeEndpoint",
];

/** Permissions that the runs of the proof do not use. Each is kept for the reason given here; everything else must go from lib/. */
export const UNUSED: readonly Explanation[] = [
  {
    holders: ["Sagemaker"],
    actions: ["s3:ListBucket"],
    reason:
      "SageMaker asks for it whatever the channel's type is; here manifests name every object (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html).",
  },
  {
    holders: ["ingest", "trainingplan", "gate", "register", "deliveryplan", "deliverysmoke"],
    actions: ["s3:ListBucket"],
    reason:
      "Without it S3 answers 403 for an object that is gone, which would look like a fault of the roles; the unit tests of the use cases read objects that are gone.",
  },
  {
    holders: ["ingest"],
    actions: ["s3:AbortMultipartUpload"],
    reason:
      "Gives up the parts of a rejected upload of more than 8 MiB a side; the hostile files of the end-to-end tests do.",
  },
  {
    holders: ["ingest"],
    actions: ["states:DescribeExecution"],
    resource: "-training:",
    reason:
      "Looks whether a run whose lease is taken was really started, after a crash between the two (app/use-cases/request-training.ts).",
  },
  {
    holders: ["trainingfinish", "driftcheck", "operations"],
    actions: ["states:StartExecution", "states:DescribeExecution", "sns:Publish"],
    reason:
      "A run is asked for, or refused with an alert, only when data waits, drift is found or a ceiling is reached; the demo and the unit tests of request-training hold it.",
  },
  {
    holders: ["ingest"],
    actions: ["sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"],
    reason: "CDK's event source grants them with the others; Lambda gives a message back early when it scales down.",
  },
  {
    holders: ["trainingplan"],
    actions: ["s3:GetObject"],
    resource: "/datasets/",
    reason: "Reads the dataset that it froze itself when the task is repeated after a crash.",
  },
  {
    holders: ["trainingplan", "deliveryplan"],
    actions: ["sagemaker:CreateModel", "sagemaker:AddTags", "iam:PassRole"],
    reason:
      "Makes the SageMaker model of an old version again, which is removed twenty deliveries later (app/use-cases/ensure-model.ts).",
  },
  {
    holders: ["deliveryplan"],
    actions: ["sagemaker:DeleteEndpoint"],
    reason: "Clears an endpoint that failed on its creation and cannot be updated.",
  },
  {
    holders: ["trainingfail", "executionended", "monitoringdue"],
    actions: [
      ...RESTORE,
      ...TIDY_UP,
      "sagemaker:StopTrainingJob",
      "sagemaker:StopTransformJob",
      "states:DescribeExecution",
      "sagemaker:DeleteModel",
    ],
    reason:
      "Repairs what a crash left: jobs that still run, a delivery that never started. Step Functions stops the jobs itself when it lives; the crash tests of app/ hold each step.",
  },
  {
    holders: ["deliveryfail"],
    actions: [...RESTORE, "sagemaker:DeleteModel"],
    reason:
      "The state machine has restored the endpoint before; this is for a machine that was aborted or timed out half-way.",
  },
  {
    holders: ["monitoringdue", "executionended"],
    actions: [
      "dynamodb:PutItem",
      "sns:Publish",
      "sagemaker:DescribeTrainingJob",
      "sagemaker:DescribeTransformJob",
      "states:StartExecution",
    ],
    reason:
      "Mends stale leases, starts scheduled runs and redelivers a lost endpoint, when there is something to mend.",
  },
  {
    holders: ["catalog"],
    actions: [
      "states:StopExecution",
      "sagemaker:DescribeTrainingJob",
      "sagemaker:StopTrainingJob",
      "sagemaker:DescribeTransformJob",
      "sagemaker:StopTransformJob",
    ],
    reason: "Takes down a model while it trains or is released; the unit tests of take-down hold it.",
  },
  {
    holders: ["Training machine"],
    actions: ["sagemaker:StopTransformJob"],
    reason:
      "Step Functions stops the job when an execution ends early (https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html).",
  },
  {
    holders: ["bucket emptier", "bucket"],
    actions: [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:PutBucketPolicy",
      "s3:GetBucket*",
      "s3:List*",
      "s3:DeleteObject*",
    ],
    reason:
      "CDK's own function that empties the buckets of a stage that keeps no data; the local cloud empties them by itself.",
  },
  {
    holders: ["Ingest queue"],
    actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
    reason: "CDK grants them to EventBridge together with SendMessage.",
  },
  {
    holders: ["Undelivered queue"],
    actions: ["sqs:SendMessage"],
    reason:
      "Dead letters of EventBridge, for events whose target is gone; the contract tests of EventBridge send some.",
  },
  {
    holders: ["trainingfail", "executionended", "monitoringdue"],
    actions: ["logs:FilterLogEvents"],
    reason:
      "Reads what a failed training script said (app/use-cases/fail-training.ts); the contract test of training jobs does it.",
  },
];
