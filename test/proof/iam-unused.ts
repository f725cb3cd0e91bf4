import type { Explanation } from "./support/iam-verdict.ts";

const GUARDRAIL_REPAIR = ["sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint"];
const TIDY_UP = ["sagemaker:DeleteEndpointConfig", "cloudwatch:DeleteAlarms"];
const STOP_JOBS = ["sagemaker:StopTrainingJob", "sagemaker:StopTransformJob"];
const LOOK_AT_JOBS = ["sagemaker:DescribeTrainingJob", "sagemaker:DescribeTransformJob"];
const SEE_WHAT_SERVES = ["dynamodb:Query", "sagemaker:DescribeEndpoint"];
const DESCRIBE_RUNS = { actions: ["states:DescribeExecution"], resource: ":mlops-dev-training:" };
const CRASH =
  "Repairs what a crash left: jobs that still run, a delivery that never started, a stale lease. Step Functions stops its jobs itself while it lives; the crash tests of app/ hold each step.";

/** Permissions that the runs of the proof do not use. Each is kept for the reason given here; everything else must go from lib/. */
export const UNUSED: readonly Explanation[] = [
  {
    holders: ["Sagemaker"],
    actions: ["s3:ListBucket"],
    reason:
      "SageMaker asks for it whatever the channel's type is; here manifests name every object (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html).",
  },
  {
    holders: [
      "ingest",
      "ingestrange",
      "ingestmerge",
      "trainingplan",
      "gate",
      "register",
      "deliveryplan",
      "deliverysmoke",
    ],
    actions: ["s3:ListBucket"],
    reason:
      "Without it S3 answers 403 for an object that is gone, which would look like a fault of the roles; the unit tests of the use cases read objects that are gone.",
  },
  {
    holders: ["ingest", "ingestrange", "ingestmerge"],
    actions: ["s3:AbortMultipartUpload"],
    reason:
      "Gives up the parts of a rejected upload of more than 8 MiB a side, or of a copy above 5 GiB; the contract tests of the object store abort some.",
  },
  {
    holders: ["ingest", "ingestmerge", "trainingfinish", "driftcheck", "operations", "executionended", "monitoringdue"],
    ...DESCRIBE_RUNS,
    reason:
      "Looks whether a run whose lease is taken was really started, after a crash between the two (app/use-cases/request-training.ts).",
  },
  {
    holders: ["trainingfinish", "driftcheck", "ingestmerge"],
    actions: ["states:StartExecution", "sns:Publish"],
    reason:
      "A run is asked for, or an alert sent, only when data waits, drift is found or a ceiling is reached; the demo does, and the unit tests of the use cases hold it.",
  },
  {
    holders: ["operations"],
    actions: ["sns:Publish"],
    reason: "Alerts when an ordered run meets a ceiling of the definition; the unit tests of request-training hold it.",
  },
  {
    holders: ["ingestmerge"],
    actions: ["dynamodb:Query"],
    reason: "Looks at recent batches for the checks against them, which need more batches than the proof uploads.",
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
      "Makes the SageMaker model of an old version again, which was removed when nothing needed it (app/use-cases/ensure-model.ts).",
  },
  {
    holders: ["deliveryplan"],
    actions: ["sagemaker:DeleteEndpoint"],
    reason: "Clears an endpoint that failed on its creation and cannot be updated.",
  },
  {
    holders: ["trainingfail", "executionended"],
    actions: [...GUARDRAIL_REPAIR, ...TIDY_UP, ...STOP_JOBS, ...SEE_WHAT_SERVES],
    reason: CRASH,
  },
  {
    holders: ["monitoringdue"],
    actions: [...GUARDRAIL_REPAIR, ...TIDY_UP, ...STOP_JOBS, ...LOOK_AT_JOBS, "sagemaker:DeleteModel"],
    reason: CRASH,
  },
  {
    holders: ["trainingfail", "executionended", "monitoringdue"],
    actions: ["states:DescribeExecution"],
    resource: ":mlops-dev-delivery:",
    reason: CRASH,
  },
  {
    holders: ["monitoringdue"],
    actions: ["dynamodb:PutItem", "sns:Publish", "states:StartExecution"],
    reason:
      "Mends stale leases, starts scheduled runs and redelivers a lost endpoint, when there is something to mend.",
  },
  {
    holders: ["trainingfail", "executionended", "monitoringdue"],
    actions: ["logs:FilterLogEvents"],
    reason: "Reads the script's own words from the log when a training job has failed by itself; the failure tests do.",
  },
  {
    holders: ["executionended"],
    actions: ["states:StartExecution"],
    reason: "Starts the run that waited for the one that ended, when one does.",
  },
  {
    holders: ["deliveryfail"],
    actions: [...GUARDRAIL_REPAIR, "sagemaker:DeleteModel"],
    reason:
      "The state machine has restored the endpoint before; this is for a machine that was aborted or timed out half-way.",
  },
  {
    holders: ["catalog"],
    actions: ["states:StopExecution", ...STOP_JOBS, ...LOOK_AT_JOBS],
    reason: "Takes down a model while it trains or is released; the unit tests of take-down hold it.",
  },
  {
    holders: ["Training machine"],
    actions: ["sagemaker:StopTransformJob"],
    reason:
      "Step Functions stops the job when an execution ends early (https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html).",
  },
  {
    holders: ["IngestMachine machine"],
    actions: ["states:StartExecution", "states:DescribeExecution", "states:StopExecution"],
    reason:
      "Step Functions starts the children of a Distributed Map with the machine's role, looks at them, and stops them when it ends early; the local engine runs them without an API call (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).",
  },
  {
    holders: ["bucket emptier"],
    actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    reason:
      "CDK's own function that empties the buckets of a stage that keeps no data; the local cloud empties them by itself.",
  },
  {
    holders: ["bucket"],
    actions: ["s3:PutBucketPolicy", "s3:GetBucket*", "s3:List*", "s3:DeleteObject*"],
    reason: "What the buckets' own policies allow the function that empties them.",
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
];
