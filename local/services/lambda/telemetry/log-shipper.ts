import { randomBytes } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, Principal } from "../../../kernel/cloud.ts";

const FLUSH_MILLIS = 100;
// Limits of PutLogEvents; each event counts 26 bytes more than its text.
const MAX_BATCH_BYTES = 1_000_000;
const MAX_BATCH_EVENTS = 10_000;
const EVENT_OVERHEAD_BYTES = 26;

interface Pending {
  /** The function's role, with which Lambda writes. */
  readonly role: string;
  readonly group: string;
  readonly stream: string;
  readonly events: { timestamp: number; message: string }[];
}

/** The name of a new log stream as Lambda forms it: date, version, a random id. */
export function newStreamName(version: string, nowMillis: number): string {
  const [date = ""] = new Date(nowMillis).toISOString().split("T");
  return `${date.replaceAll("-", "/")}/[${version}]${randomBytes(16).toString("hex")}`;
}

/** Brings log lines to CloudWatch Logs in batches, aside of the invocations. */
export class LogShipper {
  readonly #cloud: Cloud;
  readonly #pending = new Map<string, Pending>();
  readonly #made = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Keeps a line; it is sent within a tenth of a second. */
  add(role: string, group: string, stream: string, message: string): void {
    const key = `${group}\n${stream}`;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = { role, group, stream, events: [] };
      this.#pending.set(key, pending);
    }
    pending.events.push({ timestamp: this.#cloud.now(), message: message === "" ? " " : message });
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MILLIS).unref();
  }

  /** Sends everything that is kept; resolves when it has arrived. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = [...this.#pending.values()];
    this.#pending.clear();
    this.#sending = this.#sending.then(async () => {
      for (const batch of batches) {
        try {
          await this.#send(batch);
        } catch (error) {
          // A function must not fail because its log cannot be kept; operators see why.
          this.#cloud.log("lambda", "log lines could not be stored", {
            group: batch.group,
            lines: batch.events.length,
            error: String(error),
          });
        }
      }
    });
    return this.#sending;
  }

  async #send({ role, group, stream, events }: Pending): Promise<void> {
    const principal = { arn: role };
    await this.#make(principal, group, stream);
    for (const logEvents of inBatches(events)) {
      const input = { logGroupName: group, logStreamName: stream, logEvents };
      try {
        await this.#cloud.call("logs", "PutLogEvents", input, principal);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
        // Somebody deleted the group while the process was warm.
        this.#made.delete(`${group}\n${stream}`);
        await this.#make(principal, group, stream);
        await this.#cloud.call("logs", "PutLogEvents", input, principal);
      }
    }
  }

  /** Makes the stream, and the group only when it is missing: a role need not be allowed to make groups. */
  async #make(principal: Principal, group: string, stream: string): Promise<void> {
    if (this.#made.has(`${group}\n${stream}`)) return;
    const input = { logGroupName: group, logStreamName: stream };
    try {
      await this.#unlessThere("CreateLogStream", input, principal);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
      await this.#unlessThere("CreateLogGroup", { logGroupName: group }, principal);
      await this.#unlessThere("CreateLogStream", input, principal);
    }
    this.#made.add(`${group}\n${stream}`);
  }

  async #unlessThere(operation: string, input: object, principal: Principal): Promise<void> {
    try {
      await this.#cloud.call("logs", operation, input, principal);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "ResourceAlreadyExistsException") throw error;
    }
  }
}

function* inBatches<E extends { readonly message: string }>(events: readonly E[]): Generator<E[]> {
  let batch: E[] = [];
  let sizeBytes = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (batch.length > 0 && (batch.length >= MAX_BATCH_EVENTS || sizeBytes + bytes > MAX_BATCH_BYTES)) {
      yield batch;
      batch = [];
      sizeBytes = 0;
    }
    batch.push(event);
    sizeBytes += bytes;
  }
  if (batch.length > 0) yield batch;
}
