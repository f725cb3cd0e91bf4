import type { Cloud } from "../../kernel/cloud.ts";
import { messageOperations } from "./message-operations.ts";
import { moveTaskOperations } from "./move-tasks.ts";
import { queueMetrics } from "./queue-metrics.ts";
import { queueOperations } from "./queue-operations.ts";
import { openQueueStore } from "./queue-store.ts";
import type { SqsService } from "./types.ts";

/** The local SQS: standard and FIFO queues, durable, with long polling, redrive and metrics. */
export function createSqs(cloud: Cloud): SqsService {
  const store = openQueueStore(cloud);
  const metrics = queueMetrics(cloud, store);
  return {
    id: "sqs",
    operations: {
      ...queueOperations(cloud, store),
      ...messageOperations(cloud, store, metrics.count),
      ...moveTaskOperations(cloud, store),
    },
    async start() {
      metrics.start();
    },
    async stop() {
      metrics.stop();
      for (const queue of store.all()) queue.stop();
    },
  };
}
