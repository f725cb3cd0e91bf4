import { callAws, callUnless } from "../call-aws.ts";
import type { Properties, ResourceContext, ResourceProvider } from "../resource-provider.ts";

/**
 * Custom::S3AutoDeleteObjects: what CDK adds for `autoDeleteObjects`. Its function answers over HTTPS on port 443 only,
 * so the deployer does its work: when the resource is deleted, a bucket that still carries CDK's tag is emptied.
 */
export const s3AutoDeleteObjects: ResourceProvider = {
  type: "Custom::S3AutoDeleteObjects",
  properties: new Set(["BucketName", "ServiceToken"]),
  replaceOn: ["BucketName"],
  create: async (_context, properties) => stateOf(properties),
  update: async (_context, properties) => stateOf(properties),
  async delete(context, current) {
    const bucket = String(current.properties["BucketName"]);
    if (await mayBeEmptied(context, bucket)) await emptyBucket(context, bucket);
  },
};

function stateOf(properties: Properties) {
  return { physicalId: `auto-delete-${String(properties["BucketName"])}`, attributes: {} };
}

async function mayBeEmptied({ cloud }: ResourceContext, bucket: string): Promise<boolean> {
  const tagging = await callUnless<{ TagSet: { Key: string; Value: string }[] }>(
    ["NoSuchBucket", "NoSuchTagSet"],
    cloud,
    "s3",
    "GetBucketTagging",
    { Bucket: bucket },
  );
  return (tagging?.TagSet ?? []).some((tag) => tag.Key === "aws-cdk:auto-delete-objects" && tag.Value === "true");
}

interface VersionPage {
  readonly Versions?: readonly { readonly Key: string; readonly VersionId: string }[];
  readonly DeleteMarkers?: readonly { readonly Key: string; readonly VersionId: string }[];
}

async function emptyBucket({ cloud }: ResourceContext, bucket: string): Promise<void> {
  for (;;) {
    const page = await callAws<VersionPage>(cloud, "s3", "ListObjectVersions", { Bucket: bucket });
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (objects.length === 0) return;
    const Objects = objects.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await callAws(cloud, "s3", "DeleteObjects", { Bucket: bucket, Delete: { Objects, Quiet: true } });
  }
}
