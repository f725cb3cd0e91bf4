import { AwsError } from "../../../kernel/aws-error.ts";
import { invalidArgument } from "../errors.ts";
import { validateBucketName } from "../objects/validate.ts";
import { refuseMembers, type S3Operation } from "../operations/call.ts";
import { canonicalUserId, pageSize } from "../operations/list-operations.ts";
import { refuseUnsupportedWrite } from "../operations/properties.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { Bucket } from "../store/records.ts";
import { configurationOperations } from "./configurations.ts";

/** Operations on buckets, in AWS's shapes. */
export function bucketOperations(state: ObjectState): Record<string, S3Operation> {
  const { region, accountId } = state.cloud;
  return {
    ...configurationOperations(state),
    CreateBucket(input) {
      const name: string = input.Bucket;
      validateBucketName(name);
      refuseUnsupportedWrite(input);
      if (input.ObjectLockEnabledForBucket === true) refuseMembers(input, ["ObjectLockEnabledForBucket"]);
      refuseMembers(input.CreateBucketConfiguration ?? {}, ["Location", "Bucket"]);
      const location: string = input.CreateBucketConfiguration?.LocationConstraint ?? "us-east-1";
      if (location !== region) {
        throw new AwsError(
          "IllegalLocationConstraintException",
          400,
          `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        );
      }
      const output = { Location: `/${name}` };
      if (state.buckets.has(name)) {
        // us-east-1 alone answers a repeated creation by the owner with success.
        if (region === "us-east-1") return output;
        throw new AwsError(
          "BucketAlreadyOwnedByYou",
          409,
          "Your previous request to create the named bucket succeeded and you already own it.",
          { BucketName: name },
        );
      }
      const bucket: Bucket = {
        name,
        createdMillis: state.cloud.now(),
        configurations: {
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: input.ObjectOwnership ?? "BucketOwnerEnforced" }] },
          ...(input.CreateBucketConfiguration?.Tags
            ? { Tagging: { TagSet: input.CreateBucketConfiguration.Tags } }
            : {}),
        },
      };
      state.buckets.set(name, bucket);
      return output;
    },
    DeleteBucket(input) {
      const bucket = state.bucket(input.Bucket);
      if (state.index(bucket.name).size > 0) {
        const message =
          bucket.versioning === undefined
            ? "The bucket you tried to delete is not empty"
            : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.";
        throw new AwsError("BucketNotEmpty", 409, message, { BucketName: bucket.name });
      }
      for (const upload of state.uploads.inBucket(bucket.name)) {
        for (const part of state.uploads.remove(upload.uploadId)) state.files.remove(part.file);
      }
      state.buckets.delete(bucket.name);
      state.dropIndex(bucket.name);
      return {};
    },
    HeadBucket(input) {
      const bucket = state.bucket(input.Bucket);
      return { BucketRegion: region, BucketArn: `arn:${state.cloud.partition}:s3:::${bucket.name}` };
    },
    ListBuckets(input) {
      const prefix: string = input.Prefix ?? "";
      const all = [...state.buckets.values()]
        .filter((bucket) => bucket.name.startsWith(prefix) && bucket.name > (input.ContinuationToken ?? ""))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = input.MaxBuckets === undefined ? all : all.slice(0, pageSize(input.MaxBuckets, "max-buckets"));
      return {
        Buckets: page.map((bucket) => ({
          Name: bucket.name,
          CreationDate: new Date(bucket.createdMillis),
          BucketRegion: region,
          BucketArn: `arn:${state.cloud.partition}:s3:::${bucket.name}`,
        })),
        Owner: { ID: canonicalUserId(accountId) },
        Prefix: input.Prefix,
        ContinuationToken: page.length < all.length ? page.at(-1)?.name : undefined,
      };
    },
    GetBucketLocation(input) {
      state.bucket(input.Bucket);
      return { LocationConstraint: region === "us-east-1" ? undefined : region };
    },
    PutBucketVersioning(input) {
      const bucket = state.bucket(input.Bucket);
      if (input.VersioningConfiguration.MFADelete === "Enabled") refuseMembers({ MFADelete: true }, ["MFADelete"]);
      const status: unknown = input.VersioningConfiguration.Status;
      if (status !== "Enabled" && status !== "Suspended") {
        throw invalidArgument("Versioning takes the status Enabled or Suspended", "Status", String(status));
      }
      state.buckets.set(bucket.name, { ...bucket, versioning: status });
      return {};
    },
    GetBucketVersioning(input) {
      return { Status: state.bucket(input.Bucket).versioning };
    },
  };
}
