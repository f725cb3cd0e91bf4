import { callAws, callUnless } from "../call-aws.ts";
import { listOf, type Properties, pick, type ResourceContext, type ResourceProvider } from "../resource-provider.ts";

/** AWS::KMS::Key: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html */
export const kmsKey: ResourceProvider = {
  type: "AWS::KMS::Key",
  properties: new Set([
    "Description",
    "Enabled",
    "EnableKeyRotation",
    "KeyPolicy",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "PendingWindowInDays",
    "RotationPeriodInDays",
    "Tags",
  ]),
  replaceOn: ["KeySpec", "KeyUsage", "MultiRegion", "Origin"],
  async create(context, properties) {
    const policy = properties["KeyPolicy"];
    const { KeyMetadata: key } = await callAws<{ KeyMetadata: { KeyId: string; Arn: string } }>(
      context.cloud,
      "kms",
      "CreateKey",
      {
        ...pick(properties, ["Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin"]),
        ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
        Tags: tagsOf(properties),
      },
    );
    context.claim(key.KeyId);
    await applySettings(context, key.KeyId, properties);
    return { physicalId: key.KeyId, attributes: { Arn: key.Arn, KeyId: key.KeyId } };
  },
  async update(context, properties, current) {
    const { cloud } = context;
    const KeyId = current.physicalId;
    if (properties["KeyPolicy"] !== undefined) {
      await callAws(cloud, "kms", "PutKeyPolicy", { KeyId, Policy: JSON.stringify(properties["KeyPolicy"]) });
    }
    await callAws(cloud, "kms", "UpdateKeyDescription", { KeyId, Description: properties["Description"] ?? "" });
    const tags = tagsOf(properties);
    if (tags.length > 0) await callAws(cloud, "kms", "TagResource", { KeyId, Tags: tags });
    await applySettings(context, KeyId, properties);
    return { physicalId: KeyId, attributes: current.attributes };
  },
  async delete({ cloud }, current) {
    // A key that waits for its deletion already was deleted by an earlier try.
    await callUnless(["NotFoundException", "KMSInvalidStateException"], cloud, "kms", "ScheduleKeyDeletion", {
      KeyId: current.physicalId,
      ...pick(current.properties, ["PendingWindowInDays"]),
    });
  },
};

async function applySettings({ cloud }: ResourceContext, KeyId: string, properties: Properties): Promise<void> {
  const enabled = String(properties["Enabled"] ?? true) === "true";
  await callAws(cloud, "kms", enabled ? "EnableKey" : "DisableKey", { KeyId });
  if (String(properties["EnableKeyRotation"] ?? false) !== "true") {
    await callAws(cloud, "kms", "DisableKeyRotation", { KeyId });
    return;
  }
  await callAws(cloud, "kms", "EnableKeyRotation", { KeyId, ...pick(properties, ["RotationPeriodInDays"]) });
}

function tagsOf(properties: Properties) {
  return listOf<{ Key: string; Value: unknown }>(properties, "Tags").map((tag) => ({
    TagKey: tag.Key,
    TagValue: tag.Value,
  }));
}
