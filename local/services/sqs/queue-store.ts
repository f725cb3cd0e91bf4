import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { queueDoesNotExist, sqsError } from "./errors.ts";
import { Queue } from "./queue.ts";
import type { QueueRecord, StoredMessage } from "./types.ts";

/** All queues of the account. */
export interface QueueStore {
  get(name: string): Queue | undefined;
  /** By URL; the host does not matter, only the last part of the path. Throws QueueDoesNotExist. */
  byUrl(url: string): Queue;
  byArn(arn: string): Queue | undefined;
  all(): Queue[];
  add(record: QueueRecord): Queue;
  update(queue: Queue, change: Partial<QueueRecord>): void;
  remove(queue: Queue): void;
  urlOf(queue: Queue): string;
  arnOf(queue: Queue): string;
}

/** Opens every queue that the state directory knows. */
export function openQueueStore(cloud: Cloud): QueueStore {
  const records: DurableMap<QueueRecord> = cloud.table("sqs", "queues");
  const queues = new Map<string, Queue>();
  const arnPrefix = `arn:${cloud.partition}:sqs:${cloud.region}:${cloud.accountId}:`;
  const arnOf = (queue: Queue): string => arnPrefix + queue.record.name;

  const byArn = (arn: string): Queue | undefined =>
    arn.startsWith(arnPrefix) ? queues.get(arn.slice(arnPrefix.length)) : undefined;

  const open = (record: QueueRecord): Queue => {
    const queue: Queue = new Queue(cloud, record, (message: StoredMessage, targetArn: string) => {
      const target = byArn(targetArn);
      if (target === undefined || target === queue) return false;
      // Stored there before it is deleted here: a crash in between gives a duplicate, never a loss.
      const { receipt: _receipt, ...rest } = message;
      target.accept({ ...rest, deadLetterSourceArn: arnOf(queue) });
      return true;
    });
    queues.set(record.name, queue);
    return queue;
  };
  for (const record of records.values()) open(record);

  return {
    get: (name) => queues.get(name),
    byArn,
    byUrl(url) {
      const parts = url.split("/");
      const account = parts.at(-2);
      if (account !== undefined && /^\d{12}$/.test(account) && account !== cloud.accountId) throw queueDoesNotExist();
      const queue = queues.get(parts.at(-1) ?? "");
      if (queue === undefined) throw queueDoesNotExist();
      return queue;
    },
    all: () => [...queues.values()],
    add(record) {
      if (queues.has(record.name)) throw sqsError("QueueNameExists", "A queue already exists with the same name.");
      const queue = open(record);
      // What a crash left of a deleted queue of this name does not come back.
      queue.destroy();
      records.set(record.name, record);
      return queue;
    },
    update(queue, change) {
      queue.record = { ...queue.record, ...change };
      records.set(queue.record.name, queue.record);
    },
    remove(queue) {
      records.delete(queue.record.name);
      queues.delete(queue.record.name);
      queue.destroy();
    },
    urlOf: (queue) => `${cloud.endpoint()}/${cloud.accountId}/${queue.record.name}`,
    arnOf,
  };
}
