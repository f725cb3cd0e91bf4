import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, Principal } from "../../../kernel/cloud.ts";
import { queueUrlOf } from "../async/destinations.ts";
import type { FunctionStore, StoredFunction } from "../function-store.ts";
import type { Executor } from "../runtime/executor.ts";
import { MAX_PROCESSES } from "../runtime/pool.ts";
import { compileFilter } from "./filter.ts";
import type { StoredMapping } from "./mapping-store.ts";
import { failedIds, passes, type SqsMessage, sqsRecord } from "./sqs-event.ts";

const RECEIVE_WAIT_SECONDS = 20;
const MAX_RECEIVE = 10;
const MAX_BACKOFF_MILLIS = 30_000;
// Lambda's limit of a synchronous event, less the frame around the records.
const MAX_EVENT_BYTES = 6_000_000;

/** Brings the messages of one queue to one function until it is stopped. */
export class Poller {
  readonly #store: FunctionStore;
  readonly #executor: Executor;
  readonly #mapping: StoredMapping;
  readonly #filters;
  readonly #abort = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #freed: () => void = () => undefined;
  /** What the last poll or invocation came to, as AWS words it. */
  lastResult = "No records processed";

  constructor(store: FunctionStore, executor: Executor, mapping: StoredMapping) {
    this.#store = store;
    this.#executor = executor;
    this.#mapping = mapping;
    this.#filters = mapping.filters.map(compileFilter);
  }

  /** Starts to poll in the background. */
  start(): void {
    void this.#poll();
  }

  /** Takes no further messages; what is under way ends by itself. */
  stop(): void {
    this.#abort.abort();
    this.#freed();
  }

  get #cloud(): Cloud {
    return this.#store.cloud;
  }

  async #poll(): Promise<void> {
    const limit = this.#mapping.maximumConcurrency ?? MAX_PROCESSES;
    let backoffMillis = 500;
    while (!this.#abort.signal.aborted) {
      if (this.#inFlight.size >= limit) {
        await new Promise<void>((resolve) => {
          this.#freed = resolve;
        });
        continue;
      }
      try {
        const fn = this.#store.find(this.#mapping.functionName, this.#mapping.qualifier);
        const batch = await this.#gather(fn);
        backoffMillis = 500;
        if (batch.length > 0) this.#dispatch(fn, batch);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.lastResult = `PROBLEM: ${error instanceof Error ? error.message : String(error)}`;
        this.#cloud.log("lambda", "an event source cannot be polled", {
          queue: this.#mapping.eventSourceArn,
          function: this.#mapping.functionName,
          error: String(error),
        });
        await sleep(backoffMillis, this.#abort.signal);
        backoffMillis = Math.min(MAX_BACKOFF_MILLIS, backoffMillis * 2);
      }
    }
  }

  /** Receives one batch: what is there at once, or up to the batching window's end. */
  async #gather(fn: StoredFunction): Promise<SqsMessage[]> {
    const { batchSize, windowSeconds } = this.#mapping;
    const batch = await this.#receive(fn, batchSize, RECEIVE_WAIT_SECONDS);
    const endMillis = this.#cloud.now() + windowSeconds * 1_000;
    while (batch.length > 0 && batch.length < batchSize && !this.#abort.signal.aborted) {
      const leftSeconds = Math.floor((endMillis - this.#cloud.now()) / 1_000);
      // Without a window a batch above ten messages takes what waits already, and nothing more.
      const more = await this.#receive(
        fn,
        batchSize - batch.length,
        Math.max(0, Math.min(leftSeconds, RECEIVE_WAIT_SECONDS)),
      );
      batch.push(...more);
      if (more.length === 0 && leftSeconds <= 0) break;
    }
    return batch;
  }

  async #receive(fn: StoredFunction, wanted: number, waitSeconds: number): Promise<SqsMessage[]> {
    const QueueUrl = await queueUrlOf(this.#cloud, this.#mapping.eventSourceArn);
    const input = {
      QueueUrl,
      MaxNumberOfMessages: Math.min(MAX_RECEIVE, wanted),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    const output = (await this.#cloud.call("sqs", "ReceiveMessage", input, roleOf(fn))) as { Messages?: SqsMessage[] };
    const messages = output.Messages ?? [];
    if (messages.length === 0 || !this.#abort.signal.aborted) return messages;
    // The mapping ended while the poll was open: the messages go back at once.
    const Entries = messages.map((message, index) => ({
      Id: String(index),
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await this.#cloud.call("sqs", "ChangeMessageVisibilityBatch", { QueueUrl, Entries }, roleOf(fn));
    return [];
  }

  #dispatch(fn: StoredFunction, batch: readonly SqsMessage[]): void {
    const task = this.#process(fn, batch)
      .catch((error: unknown) => {
        // The messages become visible again when their time is over.
        this.lastResult = `PROBLEM: ${error instanceof Error ? error.message : String(error)}`;
        this.#cloud.log("lambda", "a batch of messages was not processed", {
          queue: this.#mapping.eventSourceArn,
          function: fn.name,
          error: String(error),
        });
      })
      .finally(() => {
        this.#inFlight.delete(task);
        this.#freed();
      });
    this.#inFlight.add(task);
  }

  async #process(fn: StoredFunction, batch: readonly SqsMessage[]): Promise<void> {
    const records = batch.map((message) => ({
      message,
      record: sqsRecord(message, this.#mapping.eventSourceArn, this.#cloud.region),
    }));
    const wanted = records.filter(({ record }) => passes(this.#filters, record));
    const unwanted = records.filter((entry) => !wanted.includes(entry)).map(({ message }) => message);
    if (unwanted.length > 0) await this.#delete(fn, unwanted);
    for (const part of bySize(wanted)) await this.#invoke(fn, part);
  }

  async #invoke(fn: StoredFunction, part: readonly { message: SqsMessage; record: object }[]): Promise<void> {
    const payload = Buffer.from(JSON.stringify({ Records: part.map(({ record }) => record) }));
    const outcome = await this.#executor.invoke(fn, payload, { qualifier: this.#mapping.qualifier });
    if (outcome.functionError !== undefined) {
      this.lastResult = "PROBLEM: Function call failed";
      return;
    }
    this.lastResult = "OK";
    const messages = part.map(({ message }) => message);
    const failed = this.#mapping.reportBatchItemFailures
      ? failedIds(
          outcome.payload,
          messages.map((message) => message.MessageId),
        )
      : new Set<string>();
    await this.#delete(
      fn,
      messages.filter((message) => !failed.has(message.MessageId)),
    );
  }

  async #delete(fn: StoredFunction, messages: readonly SqsMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const QueueUrl = await queueUrlOf(this.#cloud, this.#mapping.eventSourceArn);
    for (let at = 0; at < messages.length; at += MAX_RECEIVE) {
      const Entries = messages
        .slice(at, at + MAX_RECEIVE)
        .map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      const output = (await this.#cloud.call("sqs", "DeleteMessageBatch", { QueueUrl, Entries }, roleOf(fn))) as {
        Failed?: readonly { Code: string }[];
      };
      const [failed] = output.Failed ?? [];
      if (failed !== undefined) throw new AwsError(failed.Code, 400, "a processed message could not be deleted");
    }
  }
}

const roleOf = (fn: StoredFunction): Principal => ({ arn: fn.role });

function* bySize<E extends { readonly message: SqsMessage }>(entries: readonly E[]): Generator<E[]> {
  let part: E[] = [];
  let sizeBytes = 0;
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry.message.Body) + 2_048;
    if (part.length > 0 && sizeBytes + bytes > MAX_EVENT_BYTES) {
      yield part;
      part = [];
      sizeBytes = 0;
    }
    part.push(entry);
    sizeBytes += bytes;
  }
  if (part.length > 0) yield part;
}

function sleep(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
