import { callAws, callUnless } from "../call-aws.ts";
import type { Properties, ResourceContext, ResourceProvider } from "../resource-provider.ts";

/** AWS::S3::BucketPolicy: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucketpolicy.html */
export const s3BucketPolicy: ResourceProvider = {
  type: "AWS::S3::BucketPolicy",
  properties: new Set(["Bucket", "PolicyDocument"]),
  replaceOn: ["Bucket"],
  create: put,
  update: put,
  async delete({ cloud }, current) {
    await callUnless(["NoSuchBucket", "NoSuchBucketPolicy"], cloud, "s3", "DeleteBucketPolicy", {
      Bucket: current.physicalId,
    });
  },
};

async function put({ cloud }: ResourceContext, properties: Properties) {
  const bucket = String(properties["Bucket"]);
  await callAws(cloud, "s3", "PutBucketPolicy", {
    Bucket: bucket,
    Policy: JSON.stringify(properties["PolicyDocument"]),
  });
  return { physicalId: bucket, attributes: {} };
}
