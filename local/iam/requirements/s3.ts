import {
  type Derivation,
  type Input,
  list,
  type Place,
  type Requirement,
  type ServiceTable,
  structure,
  text,
} from "./requirement.ts";

const bucketArn = (place: Place, bucket: string): string => `arn:${place.partition}:s3:::${bucket}`;
const objectArn = (place: Place, bucket: string, key: string): string => `${bucketArn(place, bucket)}/${key}`;
const objectOf = (input: Input, place: Place): string => objectArn(place, text(input, "Bucket"), text(input, "Key"));

/** On the current object one action, on a named version another one: never both (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). */
function versioned(current: string, version: string): Derivation {
  return (input, place) => {
    const versionId = input["VersionId"];
    if (typeof versionId !== "string") return [{ action: current, resource: objectOf(input, place) }];
    return [{ action: version, resource: objectOf(input, place), context: { "s3:VersionId": versionId } }];
  };
}

/** Writing an object; tags and If-Match need more (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). */
function write(input: Input, place: Place): Requirement[] {
  const resource = objectOf(input, place);
  return [
    { action: "s3:PutObject", resource },
    ...(text(input, "Tagging") === "" ? [] : [{ action: "s3:PutObjectTagging", resource }]),
    ...(input["IfMatch"] === undefined ? [] : [{ action: "s3:GetObject", resource }]),
  ];
}

function copySource(input: Input): { bucket: string; key: string; versionId: string | undefined } {
  const [path = "", versionId] = text(input, "CopySource").split(/\?versionId=(?=[^?]*$)/);
  const decoded = decodeURIComponent(path.replace(/^\//, ""));
  const slash = decoded.indexOf("/");
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId };
}

/** Reading the source of a copy, and its tags when they are copied along (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html). */
function readSource(input: Input, place: Place, takesTags: boolean): Requirement[] {
  const { bucket, key, versionId } = copySource(input);
  const resource = objectArn(place, bucket, key);
  const suffix = versionId === undefined ? "" : "Version";
  const context: Record<string, string> = versionId === undefined ? {} : { "s3:VersionId": versionId };
  const hasTags = takesTags && versionId !== undefined && place.objectHasTags(bucket, key, versionId);
  return [
    { action: `s3:GetObject${suffix}`, resource, context },
    ...(hasTags
      ? [
          { action: `s3:GetObject${suffix}Tagging`, resource, context },
          { action: "s3:PutObjectTagging", resource: objectOf(input, place) },
        ]
      : []),
  ];
}

const listing =
  (action: string): Derivation =>
  (input, place) => [
    {
      action,
      resource: bucketArn(place, text(input, "Bucket")),
      context: {
        "s3:prefix": text(input, "Prefix"),
        ...(input["Delimiter"] === undefined ? {} : { "s3:delimiter": text(input, "Delimiter") }),
        ...(typeof input["MaxKeys"] === "number" ? { "s3:max-keys": String(input["MaxKeys"]) } : {}),
      },
    },
  ];

const onObject =
  (action: string): Derivation =>
  (input, place) => [{ action, resource: objectOf(input, place) }];

/** Operations on buckets whose action has another name than the operation, or the same one. */
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  CreateBucket: "CreateBucket",
  DeleteBucket: "DeleteBucket",
  DeleteBucketCors: "PutBucketCORS",
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  DeleteBucketPolicy: "DeleteBucketPolicy",
  DeleteBucketTagging: "PutBucketTagging",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAcl: "GetBucketAcl",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketLocation: "GetBucketLocation",
  GetBucketLogging: "GetBucketLogging",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetBucketOwnershipControls: "GetBucketOwnershipControls",
  GetBucketPolicy: "GetBucketPolicy",
  GetBucketTagging: "GetBucketTagging",
  GetBucketVersioning: "GetBucketVersioning",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  ListMultipartUploads: "ListBucketMultipartUploads",
  PutBucketAcl: "PutBucketAcl",
  PutBucketCors: "PutBucketCORS",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutBucketLogging: "PutBucketLogging",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutBucketOwnershipControls: "PutBucketOwnershipControls",
  PutBucketPolicy: "PutBucketPolicy",
  PutBucketTagging: "PutBucketTagging",
  PutBucketVersioning: "PutBucketVersioning",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export const s3Table: ServiceTable = {
  ...Object.fromEntries(
    Object.entries(BUCKET_ACTIONS).map(([operation, action]): [string, Derivation] => [
      operation,
      (input, place) => [{ action: `s3:${action}`, resource: bucketArn(place, text(input, "Bucket")) }],
    ]),
  ),
  ListBuckets: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
  HeadBucket: listing("s3:ListBucket"),
  ListObjects: listing("s3:ListBucket"),
  ListObjectsV2: listing("s3:ListBucket"),
  ListObjectVersions: listing("s3:ListBucketVersions"),
  GetObject: versioned("s3:GetObject", "s3:GetObjectVersion"),
  HeadObject: versioned("s3:GetObject", "s3:GetObjectVersion"),
  GetObjectAttributes: (input, place) => [
    ...versioned("s3:GetObject", "s3:GetObjectVersion")(input, place),
    ...versioned("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")(input, place),
  ],
  GetObjectTagging: versioned("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
  PutObjectTagging: versioned("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
  DeleteObjectTagging: versioned("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
  DeleteObject: versioned("s3:DeleteObject", "s3:DeleteObjectVersion"),
  DeleteObjects: (input, place) =>
    list(structure(input, "Delete"), "Objects").flatMap((entry) =>
      versioned("s3:DeleteObject", "s3:DeleteObjectVersion")({ ...entry, Bucket: input["Bucket"] }, place),
    ),
  PutObject: write,
  CreateMultipartUpload: write,
  UploadPart: onObject("s3:PutObject"),
  CompleteMultipartUpload: write,
  AbortMultipartUpload: onObject("s3:AbortMultipartUpload"),
  ListParts: onObject("s3:ListMultipartUploadParts"),
  CopyObject: (input, place) => [
    ...readSource(input, place, text(input, "TaggingDirective") !== "REPLACE"),
    ...write({ ...input, Tagging: text(input, "TaggingDirective") === "REPLACE" ? input["Tagging"] : "" }, place),
  ],
  UploadPartCopy: (input, place) => [...readSource(input, place, false), ...onObject("s3:PutObject")(input, place)],
};
