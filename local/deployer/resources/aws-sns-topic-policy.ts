import { callAws } from "../call-aws.ts";
import { listOf, type Properties, type ResourceContext, type ResourceProvider } from "../resource-provider.ts";

/** AWS::SNS::TopicPolicy: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topicpolicy.html */
export const snsTopicPolicy: ResourceProvider = {
  type: "AWS::SNS::TopicPolicy",
  properties: new Set(["PolicyDocument", "Topics"]),
  replaceOn: [],
  async create(context, properties) {
    await put(context, properties);
    return { physicalId: context.physicalName(120), attributes: {} };
  },
  async update(context, properties, current) {
    await put(context, properties);
    return { physicalId: current.physicalId, attributes: {} };
  },
  async delete() {
    // SNS cannot remove a topic's policy; it goes with the topic.
  },
};

async function put({ cloud }: ResourceContext, properties: Properties): Promise<void> {
  for (const arn of listOf<string>(properties, "Topics")) {
    await callAws(cloud, "sns", "SetTopicAttributes", {
      TopicArn: arn,
      AttributeName: "Policy",
      AttributeValue: JSON.stringify(properties["PolicyDocument"]),
    });
  }
}
