import { callAws, callUnless } from "../call-aws.ts";
import { listOf, type Properties, type ResourceContext, type ResourceProvider } from "../resource-provider.ts";

/** AWS::SQS::QueuePolicy: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html */
export const sqsQueuePolicy: ResourceProvider = {
  type: "AWS::SQS::QueuePolicy",
  properties: new Set(["PolicyDocument", "Queues"]),
  replaceOn: [],
  async create(context, properties) {
    await put(context, properties);
    return { physicalId: context.physicalName(120), attributes: {} };
  },
  async update(context, properties, current) {
    const kept = new Set(listOf<string>(properties, "Queues"));
    await clear(
      context,
      listOf<string>(current.properties, "Queues").filter((url) => !kept.has(url)),
    );
    await put(context, properties);
    return { physicalId: current.physicalId, attributes: {} };
  },
  async delete(context, current) {
    await clear(context, listOf<string>(current.properties, "Queues"));
  },
};

async function put({ cloud }: ResourceContext, properties: Properties): Promise<void> {
  const Attributes = { Policy: JSON.stringify(properties["PolicyDocument"]) };
  for (const url of listOf<string>(properties, "Queues")) {
    await callAws(cloud, "sqs", "SetQueueAttributes", { QueueUrl: url, Attributes });
  }
}

async function clear({ cloud }: ResourceContext, urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    await callUnless(["QueueDoesNotExist"], cloud, "sqs", "SetQueueAttributes", {
      QueueUrl: url,
      Attributes: { Policy: "" },
    });
  }
}
