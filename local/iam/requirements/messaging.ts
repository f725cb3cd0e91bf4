import {
  arnOf,
  type Derivation,
  type Input,
  list,
  nameOrArn,
  type Place,
  passRole,
  type ServiceTable,
  text,
} from "./requirement.ts";

const queueArn = (input: Input, place: Place): string =>
  arnOf(place, "sqs", text(input, "QueueUrl").split("/").at(-1) ?? "");

const onQueue =
  (action: string): Derivation =>
  (input, place) => [{ action: `sqs:${action}`, resource: queueArn(input, place) }];

const namedQueue =
  (action: string): Derivation =>
  (input, place) => [{ action: `sqs:${action}`, resource: arnOf(place, "sqs", text(input, "QueueName")) }];

/** Batches are authorised as the single operation: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
export const sqsTable: ServiceTable = {
  SendMessage: onQueue("SendMessage"),
  SendMessageBatch: onQueue("SendMessage"),
  ReceiveMessage: onQueue("ReceiveMessage"),
  DeleteMessage: onQueue("DeleteMessage"),
  DeleteMessageBatch: onQueue("DeleteMessage"),
  ChangeMessageVisibility: onQueue("ChangeMessageVisibility"),
  ChangeMessageVisibilityBatch: onQueue("ChangeMessageVisibility"),
  GetQueueAttributes: onQueue("GetQueueAttributes"),
  SetQueueAttributes: onQueue("SetQueueAttributes"),
  PurgeQueue: onQueue("PurgeQueue"),
  DeleteQueue: onQueue("DeleteQueue"),
  ListDeadLetterSourceQueues: onQueue("ListDeadLetterSourceQueues"),
  ListQueueTags: onQueue("ListQueueTags"),
  TagQueue: onQueue("TagQueue"),
  UntagQueue: onQueue("UntagQueue"),
  CreateQueue: namedQueue("CreateQueue"),
  GetQueueUrl: namedQueue("GetQueueUrl"),
  ListQueues: (_input, place) => [{ action: "sqs:ListQueues", resource: arnOf(place, "sqs", "*") }],
};

const onTopic =
  (action: string): Derivation =>
  (input) => [{ action: `sns:${action}`, resource: text(input, "TopicArn") }];

/** `arn:...:topic:subscription` is authorised on the topic. */
const onSubscription =
  (action: string): Derivation =>
  (input) => [{ action: `sns:${action}`, resource: text(input, "SubscriptionArn").split(":").slice(0, 6).join(":") }];

const publish: Derivation = (input) => [
  { action: "sns:Publish", resource: text(input, "TopicArn") || text(input, "TargetArn") || "*" },
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const snsTable: ServiceTable = {
  Publish: publish,
  PublishBatch: publish,
  Subscribe: (input) => [
    {
      action: "sns:Subscribe",
      resource: text(input, "TopicArn"),
      context: { "sns:Protocol": text(input, "Protocol"), "sns:Endpoint": text(input, "Endpoint") },
    },
  ],
  GetTopicAttributes: onTopic("GetTopicAttributes"),
  SetTopicAttributes: onTopic("SetTopicAttributes"),
  DeleteTopic: onTopic("DeleteTopic"),
  ListSubscriptionsByTopic: onTopic("ListSubscriptionsByTopic"),
  GetSubscriptionAttributes: onSubscription("GetSubscriptionAttributes"),
  SetSubscriptionAttributes: onSubscription("SetSubscriptionAttributes"),
  Unsubscribe: onSubscription("Unsubscribe"),
  CreateTopic: (input, place) => [{ action: "sns:CreateTopic", resource: arnOf(place, "sns", text(input, "Name")) }],
  ListTopics: (_input, place) => [{ action: "sns:ListTopics", resource: arnOf(place, "sns", "*") }],
};

function ruleArn(input: Input, place: Place, member: string): string {
  const bus = text(input, "EventBusName").split("/").at(-1) ?? "";
  const isDefault = bus === "" || bus === "default";
  return arnOf(place, "events", `rule/${isDefault ? "" : `${bus}/`}${text(input, member)}`);
}

const onRule =
  (action: string, member = "Name"): Derivation =>
  (input, place) => [{ action: `events:${action}`, resource: ruleArn(input, place, member) }];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const eventsTable: ServiceTable = {
  PutEvents: (input, place) => {
    const buses = list(input, "Entries").map((entry) => text(entry, "EventBusName") || "default");
    return [...new Set(buses)].map((bus) => ({
      action: "events:PutEvents",
      resource: nameOrArn(place, "events", "event-bus/", bus),
    }));
  },
  PutRule: (input, place) => [
    ...onRule("PutRule")(input, place),
    ...passRole(input["RoleArn"], "events.amazonaws.com"),
  ],
  PutTargets: (input, place) => [
    ...onRule("PutTargets", "Rule")(input, place),
    ...list(input, "Targets").flatMap((target) => passRole(target["RoleArn"], "events.amazonaws.com")),
  ],
  DescribeRule: onRule("DescribeRule"),
  DeleteRule: onRule("DeleteRule"),
  EnableRule: onRule("EnableRule"),
  DisableRule: onRule("DisableRule"),
  RemoveTargets: onRule("RemoveTargets", "Rule"),
  ListTargetsByRule: onRule("ListTargetsByRule", "Rule"),
};
