import type { Cloud } from "../../../local/kernel/cloud.ts";

/** One list call: the service, its operation, the list in the answer and what names an item. */
interface Listing {
  readonly kind: string;
  readonly service: string;
  readonly operation: string;
  readonly list: string;
  /** Member that names an item; absent when the items are texts. */
  readonly name?: string;
}

/** Everything that a stack of the factory may make, itself or at run time. */
const LISTINGS: readonly Listing[] = [
  { kind: "endpoint", service: "sagemaker", operation: "ListEndpoints", list: "Endpoints", name: "EndpointName" },
  {
    kind: "endpoint config",
    service: "sagemaker",
    operation: "ListEndpointConfigs",
    list: "EndpointConfigs",
    name: "EndpointConfigName",
  },
  { kind: "model", service: "sagemaker", operation: "ListModels", list: "Models", name: "ModelName" },
  { kind: "alarm", service: "cloudwatch", operation: "DescribeAlarms", list: "MetricAlarms", name: "AlarmName" },
  {
    kind: "dashboard",
    service: "cloudwatch",
    operation: "ListDashboards",
    list: "DashboardEntries",
    name: "DashboardName",
  },
  { kind: "function", service: "lambda", operation: "ListFunctions", list: "Functions", name: "FunctionName" },
  {
    kind: "event source",
    service: "lambda",
    operation: "ListEventSourceMappings",
    list: "EventSourceMappings",
    name: "UUID",
  },
  { kind: "rule", service: "events", operation: "ListRules", list: "Rules", name: "Name" },
  {
    kind: "state machine",
    service: "stepfunctions",
    operation: "ListStateMachines",
    list: "stateMachines",
    name: "name",
  },
  { kind: "table", service: "dynamodb", operation: "ListTables", list: "TableNames" },
  { kind: "queue", service: "sqs", operation: "ListQueues", list: "QueueUrls" },
  { kind: "topic", service: "sns", operation: "ListTopics", list: "Topics", name: "TopicArn" },
  { kind: "role", service: "iam", operation: "ListRoles", list: "Roles", name: "RoleName" },
];
/** Rules that Step Functions keeps for `.sync`, as on AWS; they belong to no stack. */
const KEPT = /^rule StepFunctionsGetEventsFor/;

/** What lives in a cloud, one line each, for example `endpoint dev-small`. Buckets of CDK's own bootstrap stack are left out. */
export async function leftovers(cloud: Cloud): Promise<string[]> {
  const found: string[] = [];
  for (const { kind, service, operation, list, name } of LISTINGS) {
    const answer = await cloud.call(service, operation, {});
    for (const item of (answer[list] ?? []) as unknown[]) {
      const label = name === undefined ? item : (item as Readonly<Record<string, unknown>>)[name];
      found.push(`${kind} ${String(label)}`);
    }
  }
  const { Buckets = [] } = await cloud.call("s3", "ListBuckets", {});
  for (const bucket of Buckets as { Name: string }[]) {
    if (!bucket.Name.startsWith("cdk-")) found.push(`bucket ${bucket.Name}`);
  }
  return found.filter((line) => !KEPT.test(line)).sort();
}
