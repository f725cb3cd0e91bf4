import { callAws, callUnless, createNamed } from "../call-aws.ts";
import { type Properties, type ResourceContext, type ResourceProvider, tagMap, textOf } from "../resource-provider.ts";

/** AWS::Logs::LogGroup: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-loggroup.html */
export const logsLogGroup: ResourceProvider = {
  type: "AWS::Logs::LogGroup",
  properties: new Set(["KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"]),
  replaceOn: ["LogGroupClass", "LogGroupName"],
  async create(context, properties) {
    const name = textOf(properties, "LogGroupName") ?? context.physicalName(512);
    await createNamed(context, ["ResourceAlreadyExistsException"], "logs", "CreateLogGroup", {
      logGroupName: name,
      ...(properties["KmsKeyId"] === undefined ? {} : { kmsKeyId: properties["KmsKeyId"] }),
      ...(properties["Tags"] === undefined ? {} : { tags: tagMap(properties) }),
    });
    context.claim(name);
    await setRetention(context, name, properties);
    return stateOf(context, name);
  },
  async update(context, properties, current) {
    await setRetention(context, current.physicalId, properties);
    const resourceArn = `arn:${context.cloud.partition}:logs:${context.cloud.region}:${context.cloud.accountId}:log-group:${current.physicalId}`;
    const gone = Object.keys(tagMap(current.properties)).filter((key) => !(key in tagMap(properties)));
    if (gone.length > 0) await callAws(context.cloud, "logs", "UntagResource", { resourceArn, tagKeys: gone });
    const tags = tagMap(properties);
    if (Object.keys(tags).length > 0) await callAws(context.cloud, "logs", "TagResource", { resourceArn, tags });
    return stateOf(context, current.physicalId);
  },
  async delete({ cloud }, current) {
    await callUnless(["ResourceNotFoundException"], cloud, "logs", "DeleteLogGroup", {
      logGroupName: current.physicalId,
    });
  },
};

async function setRetention({ cloud }: ResourceContext, name: string, properties: Properties): Promise<void> {
  const days = properties["RetentionInDays"];
  if (days === undefined) await callAws(cloud, "logs", "DeleteRetentionPolicy", { logGroupName: name });
  else await callAws(cloud, "logs", "PutRetentionPolicy", { logGroupName: name, retentionInDays: days });
}

function stateOf({ cloud }: ResourceContext, name: string) {
  const arn = `arn:${cloud.partition}:logs:${cloud.region}:${cloud.accountId}:log-group:${name}:*`;
  return { physicalId: name, attributes: { Arn: arn } };
}
