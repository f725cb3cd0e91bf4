import { callAws, callUnless, createNamed } from "../call-aws.ts";
import type { ResourceProvider } from "../resource-provider.ts";

/** AWS::KMS::Alias: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-alias.html */
export const kmsAlias: ResourceProvider = {
  type: "AWS::KMS::Alias",
  properties: new Set(["AliasName", "TargetKeyId"]),
  replaceOn: ["AliasName"],
  async create(context, properties) {
    await createNamed(context, ["AlreadyExistsException"], "kms", "CreateAlias", properties);
    return { physicalId: String(properties["AliasName"]), attributes: {} };
  },
  async update({ cloud }, properties, current) {
    await callAws(cloud, "kms", "UpdateAlias", properties);
    return current;
  },
  async delete({ cloud }, current) {
    await callUnless(["NotFoundException"], cloud, "kms", "DeleteAlias", { AliasName: current.physicalId });
  },
};
