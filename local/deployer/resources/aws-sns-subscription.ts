import { callAws, callUnless } from "../call-aws.ts";
import type { Properties, ResourceProvider } from "../resource-provider.ts";

const ATTRIBUTES = [
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
  "SubscriptionRoleArn",
];

/** AWS::SNS::Subscription: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-subscription.html */
export const snsSubscription: ResourceProvider = {
  type: "AWS::SNS::Subscription",
  properties: new Set([...ATTRIBUTES, "Endpoint", "Protocol", "Region", "TopicArn"]),
  replaceOn: ["Endpoint", "Protocol", "TopicArn"],
  async create(context, properties) {
    const { SubscriptionArn: arn } = await callAws<{ SubscriptionArn: string }>(context.cloud, "sns", "Subscribe", {
      TopicArn: properties["TopicArn"],
      Protocol: properties["Protocol"],
      Endpoint: properties["Endpoint"],
      Attributes: attributesOf(properties),
      ReturnSubscriptionArn: true,
    });
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async update({ cloud }, properties, current) {
    const wanted = attributesOf(properties);
    const before = attributesOf(current.properties);
    for (const name of ATTRIBUTES) {
      if (wanted[name] === before[name]) continue;
      await callAws(cloud, "sns", "SetSubscriptionAttributes", {
        SubscriptionArn: current.physicalId,
        AttributeName: name,
        AttributeValue: wanted[name] ?? (name === "RawMessageDelivery" ? "false" : ""),
      });
    }
    return { physicalId: current.physicalId, attributes: current.attributes };
  },
  async delete({ cloud }, current) {
    await callUnless(["NotFoundException", "NotFound"], cloud, "sns", "Unsubscribe", {
      SubscriptionArn: current.physicalId,
    });
  },
};

function attributesOf(properties: Properties): Record<string, string> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const value = properties[name];
      return [name, typeof value === "object" ? JSON.stringify(value) : String(value)];
    }),
  );
}
