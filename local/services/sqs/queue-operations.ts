import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import {
  allowsDeadLettersFrom,
  checkAttributeName,
  checkAttributes,
  integerAttribute,
  redrivePolicy,
} from "./attributes.ts";
import { invalidParameter, queueDoesNotExist, sqsError } from "./errors.ts";
import type { Queue } from "./queue.ts";
import type { QueueStore } from "./queue-store.ts";

const PURGE_INTERVAL_MILLIS = 60_000;
const INTEGER_DEFAULTS = [
  "DelaySeconds",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "VisibilityTimeout",
];

/** The operations on queues themselves. */
export function queueOperations(cloud: Cloud, store: QueueStore): Record<string, Operation> {
  const purgedAtMillis = new Map<string, number>();

  /** A dead-letter queue must exist, be of the same kind and allow it. */
  function checkRedrive(sourceArn: string, fifo: boolean, attributes: Readonly<Record<string, string>>): void {
    const policy = redrivePolicy(attributes);
    if (policy === undefined) return;
    const value = attributes["RedrivePolicy"];
    const refuse = (reason: string): Error =>
      invalidParameter(`Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
    const target = store.byArn(policy.deadLetterTargetArn);
    if (target === undefined) throw refuse("Dead letter target does not exist.");
    if (target.isFifo !== fifo) {
      throw refuse("Dead-letter queue must be same type of queue as the source.");
    }
    if (!allowsDeadLettersFrom(target.record.attributes, sourceArn)) {
      throw refuse("Dead letter queue does not allow this source queue (RedriveAllowPolicy).");
    }
  }

  function describe(queue: Queue, names: readonly string[] | undefined): Record<string, string> {
    const { record } = queue;
    const counts = queue.counts();
    const all: Record<string, string> = {
      QueueArn: store.arnOf(queue),
      ApproximateNumberOfMessages: String(counts.visible),
      ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
      ApproximateNumberOfMessagesDelayed: String(counts.delayed),
      CreatedTimestamp: String(Math.floor(record.createdAtMillis / 1_000)),
      LastModifiedTimestamp: String(Math.floor(record.modifiedAtMillis / 1_000)),
      SqsManagedSseEnabled: record.attributes["KmsMasterKeyId"] === undefined ? "true" : "false",
      ...Object.fromEntries(INTEGER_DEFAULTS.map((name) => [name, String(integerAttribute(record.attributes, name))])),
      ...(queue.isFifo
        ? { ContentBasedDeduplication: "false", DeduplicationScope: "queue", FifoThroughputLimit: "perQueue" }
        : {}),
      ...record.attributes,
    };
    if (names === undefined || names.length === 0) return {};
    for (const name of names) checkAttributeName(name);
    if (names.includes("All")) return all;
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = all[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  return {
    CreateQueue(input) {
      const name: string = input.QueueName;
      const fifo = name.endsWith(".fifo");
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(fifo ? name.slice(0, -5) : name) || name.length > 80) {
        throw invalidParameter(
          "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length, and the name of a FIFO queue ends with .fifo",
        );
      }
      if (fifo && input.Attributes?.FifoQueue !== "true") {
        throw invalidParameter("The name of a FIFO queue can only end with .fifo when FifoQueue is true");
      }
      const checked = checkAttributes(input.Attributes ?? {}, { fifo, creating: true });
      const attributes = withoutEmpty(checked);
      const existing = store.get(name);
      if (existing !== undefined) {
        const current = describe(existing, ["All"]);
        const different = Object.entries(attributes).find(([key, value]) => current[key] !== value);
        if (different !== undefined) {
          throw sqsError(
            "QueueNameExists",
            `A queue already exists with the same name and a different value for attribute ${different[0]}`,
          );
        }
        return { QueueUrl: store.urlOf(existing) };
      }
      checkRedrive(`arn:${cloud.partition}:sqs:${cloud.region}:${cloud.accountId}:${name}`, fifo, attributes);
      const now = cloud.now();
      const queue = store.add({
        name,
        createdAtMillis: now,
        modifiedAtMillis: now,
        attributes,
        tags: input.tags ?? {},
      });
      return { QueueUrl: store.urlOf(queue) };
    },
    GetQueueUrl(input) {
      const owner = input.QueueOwnerAWSAccountId;
      const queue = owner === undefined || owner === cloud.accountId ? store.get(input.QueueName) : undefined;
      if (queue === undefined) throw queueDoesNotExist();
      return { QueueUrl: store.urlOf(queue) };
    },
    ListQueues(input) {
      const prefix: string = input.QueueNamePrefix ?? "";
      const names = store
        .all()
        .map((queue) => queue.record.name)
        .filter((name) => name.startsWith(prefix))
        .sort();
      const { page, nextToken } = pageOf(names, input.MaxResults, input.NextToken);
      const urls = page.map((name) => `${cloud.endpoint()}/${cloud.accountId}/${name}`);
      // AWS leaves the member out when there is nothing to list.
      return { ...(urls.length === 0 ? {} : { QueueUrls: urls }), ...(nextToken ? { NextToken: nextToken } : {}) };
    },
    GetQueueAttributes(input) {
      const attributes = describe(store.byUrl(input.QueueUrl), input.AttributeNames);
      return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
    },
    SetQueueAttributes(input) {
      const queue = store.byUrl(input.QueueUrl);
      const checked = checkAttributes(input.Attributes, { fifo: queue.isFifo, creating: false });
      const attributes = withoutEmpty({ ...queue.record.attributes, ...checked });
      checkRedrive(store.arnOf(queue), queue.isFifo, attributes);
      store.update(queue, { attributes, modifiedAtMillis: cloud.now() });
      return {};
    },
    DeleteQueue(input) {
      store.remove(store.byUrl(input.QueueUrl));
      return {};
    },
    PurgeQueue(input) {
      const queue = store.byUrl(input.QueueUrl);
      const { name } = queue.record;
      if (cloud.now() - (purgedAtMillis.get(name) ?? Number.NEGATIVE_INFINITY) < PURGE_INTERVAL_MILLIS) {
        throw sqsError("PurgeQueueInProgress", `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`);
      }
      purgedAtMillis.set(name, cloud.now());
      queue.purge();
      return {};
    },
    TagQueue(input) {
      const queue = store.byUrl(input.QueueUrl);
      const tags = { ...queue.record.tags, ...input.Tags };
      if (Object.keys(tags).length > 50) throw invalidParameter("Too many tags added for queue; the limit is 50.");
      store.update(queue, { tags });
      return {};
    },
    UntagQueue(input) {
      const queue = store.byUrl(input.QueueUrl);
      const tags = Object.fromEntries(
        Object.entries(queue.record.tags).filter(([key]) => !input.TagKeys.includes(key)),
      );
      store.update(queue, { tags });
      return {};
    },
    ListQueueTags(input) {
      const { tags } = store.byUrl(input.QueueUrl).record;
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    },
    ListDeadLetterSourceQueues(input) {
      const arn = store.arnOf(store.byUrl(input.QueueUrl));
      const urls = store
        .all()
        .filter((queue) => redrivePolicy(queue.record.attributes)?.deadLetterTargetArn === arn)
        .map((queue) => store.urlOf(queue))
        .sort();
      const { page, nextToken } = pageOf(urls, input.MaxResults, input.NextToken);
      return { queueUrls: page, ...(nextToken ? { NextToken: nextToken } : {}) };
    },
  };
}

function withoutEmpty(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}

/** One page of a sorted list; the token is the last element that was given. */
function pageOf(
  sorted: readonly string[],
  max: number | undefined,
  token: string | undefined,
): { page: string[]; nextToken: string | undefined } {
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString("utf8");
  const rest = after === undefined ? [...sorted] : sorted.filter((name) => name > after);
  if (max !== undefined && (max < 1 || max > 1_000)) {
    throw new AwsError("InvalidParameterValue", 400, "MaxResults must be 1 to 1000.");
  }
  const page = rest.slice(0, max ?? 1_000);
  const last = page.at(-1);
  const hasMore = max !== undefined && last !== undefined && rest.length > page.length;
  return { page, nextToken: hasMore ? Buffer.from(last, "utf8").toString("base64url") : undefined };
}
