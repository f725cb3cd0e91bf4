import type { Cloud } from "../../kernel/cloud.ts";
import { createOutbox, type OutboxEntry } from "../../shared/durable-outbox.ts";
import { publishOperations } from "./publish-operations.ts";
import { openPublishedLog } from "./published-log.ts";
import { afterFailedNotification, deliverNotification, type PendingNotification } from "./sns-delivery.ts";
import { subscriptionOperations } from "./subscription-operations.ts";
import { topicOperations } from "./topic-operations.ts";
import { openTopicStore } from "./topic-store.ts";
import type { SnsService } from "./types.ts";

/** The local SNS: topics, subscriptions with filters, durable delivery, and a log of all that was published. */
export function createSns(cloud: Cloud): SnsService {
  const store = openTopicStore(cloud);
  const log = openPublishedLog(cloud);
  const outbox = createOutbox<PendingNotification>({
    table: cloud.table<OutboxEntry<PendingNotification>>("sns", "outbox"),
    now: () => cloud.now(),
    deliver: (entry) => deliverNotification(cloud, entry),
    onFailure: (entry, error) => afterFailedNotification(cloud, entry, error),
  });
  return {
    id: "sns",
    operations: {
      ...topicOperations(cloud, store),
      ...subscriptionOperations(cloud, store, outbox),
      ...publishOperations(cloud, store, log, outbox),
    },
    published: (topicArn, sinceMillis = 0) => log.since(topicArn, sinceMillis),
    drained: () => outbox.drained(),
    async start() {
      outbox.start();
    },
    async stop() {
      await outbox.stop();
    },
  };
}
