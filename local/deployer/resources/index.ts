import type { ResourceProvider } from "../resource-provider.ts";
import { cdkMetadata } from "./aws-cdk-metadata.ts";
import { cloudwatchAlarm } from "./aws-cloudwatch-alarm.ts";
import { cloudwatchDashboard } from "./aws-cloudwatch-dashboard.ts";
import { dynamodbGlobalTable } from "./aws-dynamodb-global-table.ts";
import { dynamodbTable } from "./aws-dynamodb-table.ts";
import { eventsRule } from "./aws-events-rule.ts";
import { iamManagedPolicy } from "./aws-iam-managed-policy.ts";
import { iamPolicy } from "./aws-iam-policy.ts";
import { iamRole } from "./aws-iam-role.ts";
import { kmsAlias } from "./aws-kms-alias.ts";
import { kmsKey } from "./aws-kms-key.ts";
import { lambdaEventSourceMapping } from "./aws-lambda-event-source-mapping.ts";
import { lambdaFunction } from "./aws-lambda-function.ts";
import { lambdaPermission } from "./aws-lambda-permission.ts";
import { logsLogGroup } from "./aws-logs-log-group.ts";
import { s3Bucket } from "./aws-s3-bucket.ts";
import { s3BucketPolicy } from "./aws-s3-bucket-policy.ts";
import { snsSubscription } from "./aws-sns-subscription.ts";
import { snsTopic } from "./aws-sns-topic.ts";
import { snsTopicPolicy } from "./aws-sns-topic-policy.ts";
import { sqsQueue } from "./aws-sqs-queue.ts";
import { sqsQueuePolicy } from "./aws-sqs-queue-policy.ts";
import { stepFunctionsStateMachine } from "./aws-stepfunctions-state-machine.ts";
import { customResource } from "./custom-resource.ts";
import { s3AutoDeleteObjects } from "./custom-s3-auto-delete-objects.ts";

const PROVIDERS: ReadonlyMap<string, ResourceProvider> = new Map(
  [
    cdkMetadata,
    cloudwatchAlarm,
    cloudwatchDashboard,
    customResource,
    dynamodbGlobalTable,
    dynamodbTable,
    eventsRule,
    iamManagedPolicy,
    iamPolicy,
    iamRole,
    kmsAlias,
    kmsKey,
    lambdaEventSourceMapping,
    lambdaFunction,
    lambdaPermission,
    logsLogGroup,
    s3AutoDeleteObjects,
    s3Bucket,
    s3BucketPolicy,
    snsSubscription,
    snsTopic,
    snsTopicPolicy,
    sqsQueue,
    sqsQueuePolicy,
    stepFunctionsStateMachine,
  ].map((provider) => [provider.type, provider]),
);

/** The provider of a resource type, undefined when the type is not supported. */
export function findProvider(type: string): ResourceProvider | undefined {
  return PROVIDERS.get(type) ?? (type.startsWith("Custom::") ? customResource : undefined);
}

/** The provider of a type that the template check has accepted. */
export function providerOf(type: string): ResourceProvider {
  const provider = findProvider(type);
  if (!provider) throw new Error(`the resource type ${type} is not supported`);
  return provider;
}

/** All supported types, sorted; `Custom::*` stands for custom resources. */
export function supportedTypes(): string[] {
  return [...PROVIDERS.keys(), "Custom::*"].filter((type) => type !== s3AutoDeleteObjects.type).sort();
}
