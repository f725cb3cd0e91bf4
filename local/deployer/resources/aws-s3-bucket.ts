import { callAws, callUnless } from "../call-aws.ts";
import {
  listOf,
  objectOf,
  type Properties,
  type ResourceContext,
  type ResourceProvider,
  tagMap,
  textOf,
} from "../resource-provider.ts";
import { lifecycleRules, notificationConfiguration } from "./s3-bucket-configurations.ts";

/** AWS::S3::Bucket: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html */
export const s3Bucket: ResourceProvider = {
  type: "AWS::S3::Bucket",
  properties: new Set([
    "BucketName",
    "AccessControl",
    "BucketEncryption",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "NotificationConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
    "VersioningConfiguration",
  ]),
  replaceOn: ["BucketName"],
  async create(context, properties) {
    const { region } = context.cloud;
    const bucket = textOf(properties, "BucketName") ?? context.physicalName(63, { lowerCase: true });
    const location = region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
    await callUnless(context.resuming ? ["BucketAlreadyOwnedByYou"] : [], context.cloud, "s3", "CreateBucket", {
      Bucket: bucket,
      ...location,
    });
    context.claim(bucket);
    await configure(context, bucket, properties, {});
    return stateOf(context, bucket);
  },
  async update(context, properties, current) {
    await configure(context, current.physicalId, properties, current.properties);
    return stateOf(context, current.physicalId);
  },
  async delete(context, current) {
    await callUnless(["NoSuchBucket"], context.cloud, "s3", "DeleteBucket", { Bucket: current.physicalId });
  },
};

function stateOf({ cloud }: ResourceContext, bucket: string) {
  const suffix = cloud.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    physicalId: bucket,
    attributes: {
      Arn: `arn:${cloud.partition}:s3:::${bucket}`,
      DomainName: `${bucket}.s3.${suffix}`,
      DualStackDomainName: `${bucket}.s3.dualstack.${cloud.region}.${suffix}`,
      RegionalDomainName: `${bucket}.s3.${cloud.region}.${suffix}`,
      WebsiteURL: `http://${bucket}.s3-website-${cloud.region}.${suffix}`,
    },
  };
}

/** One property of the bucket: the call that sets it, and the call that takes it away. */
interface Setting {
  readonly property: string;
  put(properties: Properties): { operation: string; input: Record<string, unknown> };
  readonly remove?: { operation: string; input?: Record<string, unknown> };
}

const SETTINGS: readonly Setting[] = [
  {
    property: "VersioningConfiguration",
    put: (properties) => ({
      operation: "PutBucketVersioning",
      input: { VersioningConfiguration: objectOf(properties, "VersioningConfiguration") },
    }),
    remove: { operation: "PutBucketVersioning", input: { VersioningConfiguration: { Status: "Suspended" } } },
  },
  {
    property: "OwnershipControls",
    put: (properties) => ({
      operation: "PutBucketOwnershipControls",
      input: { OwnershipControls: objectOf(properties, "OwnershipControls") },
    }),
    remove: { operation: "DeleteBucketOwnershipControls" },
  },
  {
    property: "BucketEncryption",
    put: (properties) => ({
      operation: "PutBucketEncryption",
      input: { ServerSideEncryptionConfiguration: { Rules: encryptionRules(properties) } },
    }),
    remove: { operation: "DeleteBucketEncryption" },
  },
  {
    property: "PublicAccessBlockConfiguration",
    put: (properties) => ({
      operation: "PutPublicAccessBlock",
      input: { PublicAccessBlockConfiguration: objectOf(properties, "PublicAccessBlockConfiguration") },
    }),
    remove: { operation: "DeletePublicAccessBlock" },
  },
  {
    property: "LifecycleConfiguration",
    put: (properties) => ({
      operation: "PutBucketLifecycleConfiguration",
      input: {
        LifecycleConfiguration: { Rules: lifecycleRules(objectOf(properties, "LifecycleConfiguration") ?? {}) },
      },
    }),
    remove: { operation: "DeleteBucketLifecycle" },
  },
  {
    property: "NotificationConfiguration",
    put: (properties) => ({
      operation: "PutBucketNotificationConfiguration",
      input: {
        NotificationConfiguration: notificationConfiguration(objectOf(properties, "NotificationConfiguration") ?? {}),
      },
    }),
    remove: { operation: "PutBucketNotificationConfiguration", input: { NotificationConfiguration: {} } },
  },
  {
    property: "LoggingConfiguration",
    put: (properties) => ({ operation: "PutBucketLogging", input: { BucketLoggingStatus: loggingStatus(properties) } }),
    remove: { operation: "PutBucketLogging", input: { BucketLoggingStatus: {} } },
  },
  {
    property: "CorsConfiguration",
    put: (properties) => ({
      operation: "PutBucketCors",
      input: { CORSConfiguration: { CORSRules: corsRules(properties) } },
    }),
    remove: { operation: "DeleteBucketCors" },
  },
  {
    property: "Tags",
    put: (properties) => ({
      operation: "PutBucketTagging",
      input: { Tagging: { TagSet: Object.entries(tagMap(properties)).map(([Key, Value]) => ({ Key, Value })) } },
    }),
    remove: { operation: "DeleteBucketTagging" },
  },
];

async function configure(
  { cloud }: ResourceContext,
  bucket: string,
  properties: Properties,
  before: Properties,
): Promise<void> {
  for (const setting of SETTINGS) {
    if (properties[setting.property] !== undefined) {
      const { operation, input } = setting.put(properties);
      await callAws(cloud, "s3", operation, { Bucket: bucket, ...input });
    } else if (before[setting.property] !== undefined && setting.remove) {
      await callAws(cloud, "s3", setting.remove.operation, { Bucket: bucket, ...setting.remove.input });
    }
  }
}

function encryptionRules(properties: Properties): unknown[] {
  const encryption = objectOf(properties, "BucketEncryption") ?? {};
  return listOf<Record<string, unknown>>(encryption, "ServerSideEncryptionConfiguration").map((rule) => ({
    ApplyServerSideEncryptionByDefault: rule["ServerSideEncryptionByDefault"],
    BucketKeyEnabled: rule["BucketKeyEnabled"],
  }));
}

function loggingStatus(properties: Properties): Record<string, unknown> {
  const logging = objectOf(properties, "LoggingConfiguration") ?? {};
  return {
    LoggingEnabled: {
      // Without a target the bucket logs into itself.
      TargetBucket: logging["DestinationBucketName"],
      TargetPrefix: logging["LogFilePrefix"] ?? "",
    },
  };
}

function corsRules(properties: Properties): unknown[] {
  return listOf<Record<string, unknown>>(objectOf(properties, "CorsConfiguration") ?? {}, "CorsRules").map((rule) => ({
    ID: rule["Id"],
    AllowedHeaders: rule["AllowedHeaders"],
    AllowedMethods: rule["AllowedMethods"],
    AllowedOrigins: rule["AllowedOrigins"],
    ExposeHeaders: rule["ExposedHeaders"],
    MaxAgeSeconds: rule["MaxAge"],
  }));
}
