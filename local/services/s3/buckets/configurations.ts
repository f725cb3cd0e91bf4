import { AwsError } from "../../../kernel/aws-error.ts";
import { notImplemented } from "../errors.ts";
import type { S3Operation } from "../operations/call.ts";
import type { ObjectState } from "../store/object-state.ts";

/** One configuration of a bucket: the operations on it and how it is stored. */
interface Configuration {
  readonly put: string;
  readonly get: string;
  readonly delete?: string;
  /** The member of the Put operation's input, also the name it is stored under. */
  readonly member: string;
  /** Turns what is stored into the Get operation's output. */
  readonly output: (stored: never) => object;
  /** What Get answers when nothing is stored: an output, or the error to throw. */
  readonly missing: () => object | AwsError;
  /** Throws when the value cannot be honoured. */
  readonly check?: (value: never) => void;
}

const notFound = (code: string, message: string) => (): AwsError => new AwsError(code, 404, message);

const CONFIGURATIONS: readonly Configuration[] = [
  {
    put: "PutBucketEncryption",
    get: "GetBucketEncryption",
    delete: "DeleteBucketEncryption",
    member: "ServerSideEncryptionConfiguration",
    output: (stored: object) => ({ ServerSideEncryptionConfiguration: stored }),
    // Every bucket encrypts with SSE-S3 when nothing else is said.
    missing: () => ({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
      },
    }),
  },
  {
    put: "PutPublicAccessBlock",
    get: "GetPublicAccessBlock",
    delete: "DeletePublicAccessBlock",
    member: "PublicAccessBlockConfiguration",
    output: (stored: object) => ({ PublicAccessBlockConfiguration: stored }),
    missing: notFound("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
  },
  {
    put: "PutBucketOwnershipControls",
    get: "GetBucketOwnershipControls",
    delete: "DeleteBucketOwnershipControls",
    member: "OwnershipControls",
    output: (stored: object) => ({ OwnershipControls: stored }),
    missing: notFound("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
  },
  {
    put: "PutBucketLifecycleConfiguration",
    get: "GetBucketLifecycleConfiguration",
    delete: "DeleteBucketLifecycle",
    member: "LifecycleConfiguration",
    output: (stored: { readonly Rules?: readonly object[] }) => ({ Rules: stored.Rules }),
    missing: notFound("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
  },
  {
    put: "PutBucketLogging",
    get: "GetBucketLogging",
    member: "BucketLoggingStatus",
    output: (stored: object) => stored,
    missing: () => ({}),
  },
  {
    put: "PutBucketNotificationConfiguration",
    get: "GetBucketNotificationConfiguration",
    member: "NotificationConfiguration",
    output: (stored: object) => stored,
    missing: () => ({}),
    check(value: object) {
      const [other] = Object.entries(value).filter(
        ([name, entry]) => name !== "EventBridgeConfiguration" && Array.isArray(entry) && entry.length > 0,
      );
      if (other !== undefined)
        throw notImplemented(`${other[0]} of a bucket notification (use EventBridgeConfiguration)`);
    },
  },
  {
    put: "PutBucketTagging",
    get: "GetBucketTagging",
    delete: "DeleteBucketTagging",
    member: "Tagging",
    output: (stored: { readonly TagSet: readonly object[] }) => ({ TagSet: stored.TagSet }),
    missing: notFound("NoSuchTagSet", "The TagSet does not exist"),
  },
  {
    put: "PutBucketPolicy",
    get: "GetBucketPolicy",
    delete: "DeleteBucketPolicy",
    member: "Policy",
    output: (stored: string) => ({ Policy: stored }),
    missing: notFound("NoSuchBucketPolicy", "The bucket policy does not exist"),
    check(value: string) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(value);
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause;
      }
      if (typeof parsed !== "object" || parsed === null || !("Statement" in parsed)) {
        throw new AwsError("MalformedPolicy", 400, "Policies must be valid JSON and the first byte must be '{'");
      }
    },
  },
];

/** Get, Put and Delete of every configuration that a bucket of this cloud may have. */
export function configurationOperations(state: ObjectState): Record<string, S3Operation> {
  const operations: Record<string, S3Operation> = {};
  for (const configuration of CONFIGURATIONS) {
    const { member } = configuration;
    operations[configuration.put] = (input) => {
      const bucket = state.bucket(input.Bucket);
      const value = input[member] as never;
      configuration.check?.(value);
      state.buckets.set(bucket.name, { ...bucket, configurations: { ...bucket.configurations, [member]: value } });
      return {};
    };
    operations[configuration.get] = (input) => {
      const stored = state.bucket(input.Bucket).configurations[member];
      if (stored !== undefined) return configuration.output(stored as never);
      const missing = configuration.missing();
      if (missing instanceof AwsError) throw missing;
      return missing;
    };
    if (configuration.delete === undefined) continue;
    operations[configuration.delete] = (input) => {
      const bucket = state.bucket(input.Bucket);
      const { [member]: _, ...configurations } = bucket.configurations;
      state.buckets.set(bucket.name, { ...bucket, configurations });
      return {};
    };
  }
  return operations;
}
