import { createHash, randomUUID } from "node:crypto";
import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { md5OfBody } from "../../shared/message-digest.ts";
import { integerAttribute, redrivePolicy } from "./attributes.ts";
import { fifoOrder, type QueueOrder, standardOrder } from "./queue-order.ts";
import type { Receipt } from "./receipt-handle.ts";
import type { QueueRecord, StoredAttribute, StoredMessage } from "./types.ts";

/** How long a FIFO queue remembers a deduplication id: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
const DEDUPLICATION_MILLIS = 300_000;

/** A message as it is sent, already checked. */
export interface NewMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  readonly senderId: string;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly traceHeader?: string;
}

/** What a send gave: a message, or the earlier one that it duplicates. */
export interface SentMessage {
  readonly id: string;
  readonly sequence: number;
}

/** How many messages a queue holds, by state. */
export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestSentAtMillis: number | undefined;
}

/** Moves a message that was received too often. Gives false when the dead-letter queue does not exist. */
export type MoveToDeadLetters = (message: StoredMessage, targetArn: string) => boolean;

/** Someone who waits for a message. */
interface Waiter {
  /** Tries to receive; true when it got something and waits no longer. */
  attempt(): boolean;
  giveUp(): void;
}

/** One queue: its durable messages, their order, and who waits for them. It takes checked values and knows no wire format. */
export class Queue {
  record: QueueRecord;
  readonly #cloud: Cloud;
  readonly #messages: DurableMap<StoredMessage>;
  readonly #duplicates: DurableMap<SentMessage & { readonly expiresAtMillis: number }>;
  readonly #order: QueueOrder;
  readonly #moveToDeadLetters: MoveToDeadLetters;
  readonly #waiting = new Set<Waiter>();
  #wakeTimer: NodeJS.Timeout | undefined;
  #lastSequence = 0;

  constructor(cloud: Cloud, record: QueueRecord, moveToDeadLetters: MoveToDeadLetters) {
    this.#cloud = cloud;
    this.record = record;
    this.#moveToDeadLetters = moveToDeadLetters;
    this.#messages = cloud.table("sqs", `messages-${record.name}`);
    this.#duplicates = cloud.table("sqs", `deduplication-${record.name}`);
    const lookup = (id: string): StoredMessage | undefined => this.#messages.get(id);
    this.#order = this.isFifo ? fifoOrder(lookup) : standardOrder(lookup);
    for (const message of [...this.#messages.values()].sort((a, b) => a.sequence - b.sequence)) {
      this.#lastSequence = Math.max(this.#lastSequence, message.sequence);
      this.#order.offer(message);
    }
  }

  get isFifo(): boolean {
    return this.record.name.endsWith(".fifo");
  }

  /** Adds a message, or gives the earlier one of a FIFO queue that has the same deduplication id. */
  send(message: NewMessage): SentMessage {
    const now = this.#cloud.now();
    const key = this.isFifo ? this.#deduplicationKey(message) : undefined;
    const duplicate = key === undefined ? undefined : this.#duplicates.get(key);
    if (key !== undefined && duplicate !== undefined) {
      if (duplicate.expiresAtMillis > now) return { id: duplicate.id, sequence: duplicate.sequence };
      this.#duplicates.delete(key);
    }
    const delaySeconds = message.delaySeconds ?? integerAttribute(this.record.attributes, "DelaySeconds");
    const stored: StoredMessage = {
      id: randomUUID(),
      body: message.body,
      bodyMd5: md5OfBody(message.body),
      attributes: message.attributes,
      sentAtMillis: now,
      sequence: this.#nextSequence(),
      senderId: message.senderId,
      ...(message.groupId === undefined ? {} : { groupId: message.groupId }),
      ...(key === undefined ? {} : { deduplicationId: message.deduplicationId ?? contentHash(message.body) }),
      ...(message.traceHeader === undefined ? {} : { traceHeader: message.traceHeader }),
      receiveCount: 0,
      visibleAtMillis: now + delaySeconds * 1_000,
    };
    this.#put(stored);
    const sent = { id: stored.id, sequence: stored.sequence };
    if (key !== undefined) this.#duplicates.set(key, { ...sent, expiresAtMillis: now + DEDUPLICATION_MILLIS });
    return sent;
  }

  /** Takes over a message of another queue (dead letters, redrive); it becomes visible at once. */
  accept(message: StoredMessage): void {
    this.#put({ ...message, sequence: this.#nextSequence(), visibleAtMillis: this.#cloud.now() });
  }

  /** Receives up to `max` messages now: they stay invisible for `visibilitySeconds` and carry a new receipt. */
  receive(max: number, visibilitySeconds: number): StoredMessage[] {
    const now = this.#cloud.now();
    const policy = redrivePolicy(this.record.attributes);
    const received: StoredMessage[] = [];
    while (received.length < max) {
      const ids = this.#order.take(max - received.length, now);
      if (ids.length === 0) break;
      for (const id of ids) {
        const message = this.#messages.get(id);
        if (message === undefined || this.#dropIfExpired(message, now)) continue;
        const exhausted = policy !== undefined && message.receiveCount >= policy.maxReceiveCount;
        if (exhausted && this.#moveToDeadLetters(message, policy.deadLetterTargetArn)) {
          this.remove(message);
          continue;
        }
        const changed: StoredMessage = {
          ...message,
          receiveCount: message.receiveCount + 1,
          firstReceivedAtMillis: message.firstReceivedAtMillis ?? now,
          visibleAtMillis: now + visibilitySeconds * 1_000,
          receipt: randomUUID(),
        };
        this.#put(changed);
        received.push(changed);
      }
      // A group of a FIFO queue that gave messages is in flight now; a second round only helps when some were moved or expired.
      if (received.length > 0) break;
    }
    return received;
  }

  /** Like {@link receive}, but waits up to `waitMillis` for a first message; gives none when the signal aborts. */
  async receiveWaiting(
    max: number,
    visibilitySeconds: number,
    waitMillis: number,
    signal: AbortSignal,
  ): Promise<StoredMessage[]> {
    const received = this.receive(max, visibilitySeconds);
    if (received.length > 0 || waitMillis <= 0 || signal.aborted) return received;
    return new Promise((resolve) => {
      const finish = (messages: StoredMessage[]): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", waiter.giveUp);
        this.#waiting.delete(waiter);
        resolve(messages);
      };
      const waiter: Waiter = {
        attempt: () => {
          const messages = this.receive(max, visibilitySeconds);
          if (messages.length > 0) finish(messages);
          return messages.length > 0;
        },
        giveUp: () => finish([]),
      };
      const timer = setTimeout(waiter.giveUp, waitMillis);
      signal.addEventListener("abort", waiter.giveUp);
      this.#waiting.add(waiter);
      this.#wake();
    });
  }

  /** The message of a receipt, whether or not the receipt is its latest; undefined when it is gone. */
  find(receipt: Receipt): StoredMessage | undefined {
    return this.#messages.get(receipt.messageId);
  }

  remove(message: StoredMessage): void {
    this.#messages.delete(message.id);
    this.#order.remove(message);
    // Deleting the message in flight may free its group.
    if (this.isFifo) this.#wake();
  }

  /** Makes a received message visible `visibilitySeconds` from now. */
  changeVisibility(message: StoredMessage, visibilitySeconds: number): void {
    this.#put({ ...message, visibleAtMillis: this.#cloud.now() + visibilitySeconds * 1_000 });
  }

  purge(): void {
    this.#messages.clear();
    this.#order.clear();
  }

  /** Ends everything that the queue holds; its waiting receivers get nothing. */
  destroy(): void {
    this.purge();
    this.#duplicates.clear();
    this.stop();
  }

  /** Clears the timer and lets waiting receivers go with nothing. */
  stop(): void {
    clearTimeout(this.#wakeTimer);
    for (const waiter of [...this.#waiting]) waiter.giveUp();
  }

  messages(): IterableIterator<StoredMessage> {
    return this.#messages.values();
  }

  counts(): QueueCounts {
    const now = this.#cloud.now();
    let visible = 0;
    let inFlight = 0;
    let delayed = 0;
    let oldestSentAtMillis: number | undefined;
    for (const message of this.#messages.values()) {
      if (message.visibleAtMillis <= now) visible += 1;
      else if (message.receipt === undefined) delayed += 1;
      else inFlight += 1;
      oldestSentAtMillis = Math.min(oldestSentAtMillis ?? message.sentAtMillis, message.sentAtMillis);
    }
    return { visible, inFlight, delayed, oldestSentAtMillis };
  }

  /** Deletes messages past their retention, and forgotten deduplication ids. */
  sweep(): void {
    const now = this.#cloud.now();
    for (const message of [...this.#messages.values()]) this.#dropIfExpired(message, now);
    for (const [key, duplicate] of [...this.#duplicates.entries()]) {
      if (duplicate.expiresAtMillis <= now) this.#duplicates.delete(key);
    }
  }

  #dropIfExpired(message: StoredMessage, now: number): boolean {
    const retentionMillis = integerAttribute(this.record.attributes, "MessageRetentionPeriod") * 1_000;
    if (message.sentAtMillis + retentionMillis > now) return false;
    this.remove(message);
    return true;
  }

  #deduplicationKey(message: NewMessage): string {
    const id = message.deduplicationId ?? contentHash(message.body);
    const perGroup = this.record.attributes["DeduplicationScope"] === "messageGroup";
    return perGroup ? `${message.groupId} ${id}` : id;
  }

  /** Grows with time even over restarts and an empty queue, without being stored: microseconds since the epoch or more. */
  #nextSequence(): number {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#cloud.now() * 1_000);
    return this.#lastSequence;
  }

  #put(message: StoredMessage): void {
    this.#messages.set(message.id, message);
    this.#order.offer(message);
    this.#wake();
  }

  /** Lets waiting receivers try, and sets the timer for the next message that becomes visible. */
  #wake(): void {
    if (this.#waiting.size === 0) return;
    const next = this.#order.nextVisibleAtMillis(this.#cloud.now());
    clearTimeout(this.#wakeTimer);
    if (next === undefined) return;
    // Receivers are served in a later turn: a send must not run inside a receive.
    this.#wakeTimer = setTimeout(() => this.#serveWaiting(), Math.max(0, Math.min(next - this.#cloud.now(), 60_000)));
    this.#wakeTimer.unref();
  }

  #serveWaiting(): void {
    for (const waiter of [...this.#waiting]) if (!waiter.attempt()) break;
    this.#wake();
  }
}

/** The deduplication id that content-based deduplication gives a body. */
export function contentHash(body: string): string {
  return createHash("sha256").update(body, "utf8").digest("hex");
}
