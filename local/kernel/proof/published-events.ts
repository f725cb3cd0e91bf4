import { loadModel, type ServiceModel, type Shape } from "../model.ts";
import { checkShape, type ShapeProblem } from "./check-shape.ts";

/** An event as a service hands it to `cloud.publish`. */
export interface PublishedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Record<string, unknown>;
}

const text: Shape = { type: "string" };
const one = (...values: string[]): Shape => ({ type: "string", enum: values });
const structure = (members: Record<string, string>, required: readonly string[] = []): Shape => ({
  type: "structure",
  members: Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, { shape }])),
  required,
});

/**
 * Details of the events that are not a service's Describe answer, as AWS documents them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html,
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html (examples),
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
const SHAPES: Readonly<Record<string, Shape>> = {
  Text: text,
  Long: { type: "long", min: 0 },
  Boolean: { type: "boolean" },
  Document: { type: "structure", document: true },
  Bucket: structure({ name: "BucketName" }, ["name"]),
  BucketName: { type: "string", min: 3, max: 63 },
  // A folder marker and an empty file have size 0; keys are not URL-encoded here.
  Key: { type: "string", min: 1, max: 1024 },
  Hex: { type: "string", pattern: "[0-9A-F]+" },
  ETag: { type: "string", pattern: "[0-9a-f]{32}(-[0-9]+)?" },
  S3Object: structure({ key: "Key", size: "Long", etag: "ETag", "version-id": "Text", sequencer: "Hex" }, [
    "key",
    "sequencer",
  ]),
  S3Version: one("0"),
  CreatedReason: one("PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload"),
  DeletedReason: one("DeleteObject", "Lifecycle Expiration"),
  DeletionType: one("Permanently Deleted", "Delete Marker Created"),
  "Object Created": structure(
    {
      version: "S3Version",
      bucket: "Bucket",
      object: "S3Object",
      "request-id": "Text",
      requester: "Text",
      "source-ip-address": "Text",
      reason: "CreatedReason",
    },
    ["version", "bucket", "object", "request-id", "requester", "reason"],
  ),
  "Object Deleted": structure(
    {
      version: "S3Version",
      bucket: "Bucket",
      object: "S3Object",
      "request-id": "Text",
      requester: "Text",
      "source-ip-address": "Text",
      reason: "DeletedReason",
      "deletion-type": "DeletionType",
    },
    ["version", "bucket", "object", "request-id", "requester", "reason", "deletion-type"],
  ),
  ExecutionStatus: one("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"),
  RedriveStatus: one("REDRIVABLE", "NOT_REDRIVABLE", "REDRIVABLE_BY_MAP_RUN"),
  Included: structure({ included: "Boolean" }, ["included"]),
  "Step Functions Execution Status Change": structure(
    {
      executionArn: "Text",
      stateMachineArn: "Text",
      name: "ExecutionName",
      status: "ExecutionStatus",
      startDate: "Long",
      stopDate: "Long",
      input: "Text",
      inputDetails: "Included",
      output: "Text",
      outputDetails: "Included",
      error: "Text",
      cause: "Text",
      stateMachineVersionArn: "Text",
      stateMachineAliasArn: "Text",
      redriveCount: "Long",
      redriveDate: "Long",
      redriveStatus: "RedriveStatus",
      redriveStatusReason: "Text",
    },
    ["executionArn", "stateMachineArn", "name", "status", "startDate"],
  ),
  ExecutionName: { type: "string", min: 1, max: 80 },
  AlarmValue: one("OK", "ALARM", "INSUFFICIENT_DATA"),
  AlarmState: structure(
    { value: "AlarmValue", reason: "Text", reasonData: "Text", timestamp: "AlarmTime", evaluationState: "Text" },
    ["value", "reason", "timestamp"],
  ),
  AlarmTime: { type: "string", pattern: "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000" },
  "CloudWatch Alarm State Change": structure(
    {
      alarmName: "Text",
      state: "AlarmState",
      previousState: "AlarmState",
      configuration: "Document",
      operation: "Text",
    },
    ["alarmName", "state", "previousState", "configuration"],
  ),
};

const OWN: ServiceModel = {
  id: "published-events",
  apiVersion: "",
  protocol: "json",
  endpointPrefix: "",
  operations: {},
  shapes: SHAPES,
};

/** SageMaker's events carry its Describe answers. */
const SAGEMAKER: Readonly<Record<string, { shape: string; required: readonly string[] }>> = {
  "SageMaker Training Job State Change": {
    shape: "DescribeTrainingJobResponse",
    required: ["TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus", "CreationTime", "Tags"],
  },
  "SageMaker Transform Job State Change": {
    shape: "DescribeTransformJobResponse",
    required: ["TransformJobName", "TransformJobArn", "TransformJobStatus", "CreationTime", "Tags"],
  },
  "SageMaker Endpoint State Change": {
    shape: "DescribeEndpointOutput",
    required: ["EndpointName", "EndpointArn", "EndpointConfigName", "EndpointStatus", "CreationTime", "Tags"],
  },
  "SageMaker Endpoint Deployment State Change": {
    shape: "DescribeEndpointOutput",
    required: ["EndpointName", "EndpointArn", "EndpointConfigName", "EndpointStatus", "CreationTime", "Tags"],
  },
};

/** Everything in an event's detail that AWS would not send; an event that is not documented here is a problem itself. */
export function checkEvent({ source, detailType, detail }: PublishedEvent): ShapeProblem[] {
  if (source === "aws.sagemaker" && Object.hasOwn(SAGEMAKER, detailType)) {
    return checkShape(sagemakerEvents(), { shape: detailType }, detail, "");
  }
  if (!source.startsWith("aws.") || !/[ ]/.test(detailType) || !Object.hasOwn(SHAPES, detailType)) {
    return [{ path: "detail-type", problem: `no documented event '${detailType}' of ${source}` }];
  }
  return checkShape(OWN, { shape: detailType }, detail, "");
}

let derived: ServiceModel | undefined;

/**
 * SageMaker's model as its events write it: times are milliseconds since the epoch, tags a map, an endpoint's status in capitals.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
function sagemakerEvents(): ServiceModel {
  if (derived) return derived;
  const model = loadModel("sagemaker");
  const shapes: Record<string, Shape> = {};
  for (const [name, shape] of Object.entries(model.shapes)) {
    shapes[name] = shape.type === "timestamp" ? { type: "long", min: 1_000_000_000_000 } : shape;
  }
  shapes["EventTags"] = { type: "map", key: { shape: "TagKey" }, value: { shape: "TagValue" } };
  const statuses = model.shapes["EndpointStatus"]?.enum ?? [];
  shapes["EventEndpointStatus"] = {
    type: "string",
    enum: statuses.map((status) => status.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()),
  };
  for (const [detailType, { shape, required }] of Object.entries(SAGEMAKER)) {
    const base = shapes[shape];
    if (!base) throw new Error(`the model of SageMaker has no shape ${shape}`);
    const members = { ...base.members, Tags: { shape: "EventTags" } };
    shapes[detailType] = {
      ...base,
      members: "EndpointStatus" in members ? { ...members, EndpointStatus: { shape: "EventEndpointStatus" } } : members,
      required,
    };
  }
  derived = { ...model, shapes };
  return derived;
}
