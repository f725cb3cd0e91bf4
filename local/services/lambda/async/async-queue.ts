import { AwsError } from "../../../kernel/aws-error.ts";
import type { DurableMap } from "../../../kernel/durable-map.ts";
import { scaledMillis } from "../../../kernel/time-scale.ts";
import { functionArn } from "../function-name.ts";
import { type FunctionStore, LATEST, type StoredFunction, type StoredInvokeConfig } from "../function-store.ts";
import type { Executor } from "../runtime/executor.ts";
import type { InvocationOutcome } from "../types.ts";
import { sendToDeadLetter, sendToDestination } from "./destinations.ts";

/** An accepted asynchronous event; durable until it is done. */
interface StoredEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  /** JSON text. */
  readonly payload: string;
  readonly clientContext?: string | undefined;
  readonly acceptedMillis: number;
  /** Times that the function has run for it. */
  readonly attempts: number;
  readonly dueMillis: number;
}

// Lambda waits one minute before the first retry and two before the second.
const RETRY_DELAYS_MILLIS = [60_000, 120_000];
const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE_SECONDS = 21_600;
const MAX_THROTTLE_DELAY_MILLIS = 300_000;

/**
 * Asynchronous invocations: accepted once they are on disk, run in the background, retried, and at the end sent to a
 * destination or a dead-letter queue. An event under way when the cloud dies runs again after the restart.
 */
export class AsyncQueue {
  readonly #store: FunctionStore;
  readonly #executor: Executor;
  readonly #events: DurableMap<StoredEvent>;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  constructor(store: FunctionStore, executor: Executor) {
    this.#store = store;
    this.#executor = executor;
    this.#events = store.cloud.table<StoredEvent>("lambda", "async-events");
  }

  /** Takes up what was accepted before a restart. */
  start(): void {
    for (const event of [...this.#events.values()]) this.#schedule(event);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Accepts an event: it is on disk when this returns. */
  accept(
    fn: StoredFunction,
    event: { requestId: string; qualifier?: string | undefined; payload: string; clientContext?: string | undefined },
  ): void {
    const now = this.#store.cloud.now();
    const stored: StoredEvent = { ...event, functionName: fn.name, acceptedMillis: now, attempts: 0, dueMillis: now };
    this.#events.set(event.requestId, stored);
    this.#executor.metrics.record(fn.name, "AsyncEventsReceived", 1);
    this.#schedule(stored);
  }

  #schedule(event: StoredEvent): void {
    if (this.#stopped) return;
    const delayMillis = Math.max(0, event.dueMillis - this.#store.cloud.now());
    const timer = setTimeout(() => {
      this.#timers.delete(event.requestId);
      this.#run(event).catch((error: unknown) => {
        this.#store.cloud.log("lambda", "an asynchronous event could not be processed", {
          function: event.functionName,
          requestId: event.requestId,
          error: String(error),
        });
      });
    }, delayMillis);
    // Waiting for a retry must not keep the process alive; the event is on disk.
    if (delayMillis > 0) timer.unref();
    this.#timers.set(event.requestId, timer);
  }

  #configOf(fn: StoredFunction, qualifier: string | undefined): StoredInvokeConfig | undefined {
    return this.#store.invokeConfigs.get(`${fn.name}:${qualifier ?? LATEST}`);
  }

  async #run(event: StoredEvent): Promise<void> {
    let fn: StoredFunction;
    try {
      fn = this.#store.find(event.functionName, event.qualifier);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#store.cloud.log("lambda", "dropped an asynchronous event of a deleted function", {
        function: event.functionName,
        requestId: event.requestId,
      });
      this.#events.delete(event.requestId);
      return;
    }
    const config = this.#configOf(fn, event.qualifier);
    const maxAgeMillis = (config?.maximumEventAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1_000;
    const now = this.#store.cloud.now();
    if (now - event.acceptedMillis > maxAgeMillis) return await this.#giveUp(event, fn, "EventAgeExceeded", undefined);
    let outcome: InvocationOutcome;
    try {
      const { requestId, clientContext, qualifier } = event;
      outcome = await this.#executor.invoke(fn, Buffer.from(event.payload), { requestId, clientContext, qualifier });
    } catch (error) {
      if (!(error instanceof AwsError) || this.#stopped) return;
      // Throttled: tried again with growing delays until the event is too old.
      const delayMillis = Math.min(MAX_THROTTLE_DELAY_MILLIS, Math.max(1_000, now - event.acceptedMillis));
      this.#schedule(this.#events.set(event.requestId, { ...event, dueMillis: now + scaledMillis(delayMillis) }));
      return;
    }
    // A process that was killed because the cloud stops has not failed: its event runs again after the restart.
    if (this.#stopped) return;
    const tried = { ...event, attempts: event.attempts + 1 };
    if (outcome.functionError === undefined) {
      this.#events.delete(event.requestId);
      if (config?.onSuccess !== undefined) await this.#deliver(config.onSuccess, tried, fn, "Success", outcome);
      return;
    }
    const delayMillis = RETRY_DELAYS_MILLIS[tried.attempts - 1];
    if (tried.attempts > (config?.maximumRetryAttempts ?? DEFAULT_RETRIES) || delayMillis === undefined) {
      return await this.#giveUp(tried, fn, "RetriesExhausted", outcome);
    }
    this.#schedule(
      this.#events.set(event.requestId, { ...tried, dueMillis: this.#store.cloud.now() + scaledMillis(delayMillis) }),
    );
  }

  async #giveUp(
    event: StoredEvent,
    fn: StoredFunction,
    condition: "RetriesExhausted" | "EventAgeExceeded",
    outcome: InvocationOutcome | undefined,
  ): Promise<void> {
    this.#executor.metrics.record(fn.name, "AsyncEventsDropped", 1);
    const onFailure = this.#configOf(fn, event.qualifier)?.onFailure;
    if (onFailure !== undefined) await this.#deliver(onFailure, event, fn, condition, outcome);
    if (fn.deadLetterTargetArn !== undefined) {
      const errorMessage = messageOf(outcome);
      await this.#attempt("DeadLetterErrors", fn, () =>
        sendToDeadLetter(this.#store.cloud, fn.deadLetterTargetArn ?? "", { ...event, errorMessage }),
      );
    }
    this.#events.delete(event.requestId);
  }

  async #deliver(
    destination: string,
    event: StoredEvent,
    fn: StoredFunction,
    condition: string,
    outcome: InvocationOutcome | undefined,
  ): Promise<void> {
    const { cloud } = this.#store;
    const arn = functionArn(cloud, fn.name, event.qualifier ?? LATEST);
    const record = {
      version: "1.0",
      timestamp: new Date(cloud.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: arn,
        condition,
        approximateInvokeCount: event.attempts,
      },
      requestPayload: JSON.parse(event.payload) as unknown,
      responseContext:
        outcome === undefined
          ? undefined
          : { statusCode: 200, executedVersion: outcome.executedVersion, functionError: outcome.functionError },
      responsePayload:
        outcome === undefined ? undefined : (JSON.parse(Buffer.from(outcome.payload).toString()) as unknown),
    };
    await this.#attempt("DestinationDeliveryFailures", fn, () =>
      sendToDestination(cloud, destination, record, condition === "Success", arn),
    );
  }

  async #attempt(
    metric: "DeadLetterErrors" | "DestinationDeliveryFailures",
    fn: StoredFunction,
    send: () => Promise<void>,
  ): Promise<void> {
    try {
      await send();
    } catch (error) {
      this.#executor.metrics.record(fn.name, metric, 1);
      this.#store.cloud.log("lambda", "the result of an asynchronous invocation could not be delivered", {
        function: fn.name,
        error: String(error),
      });
    }
  }
}

function messageOf(outcome: InvocationOutcome | undefined): string {
  if (outcome === undefined) return "";
  const body = JSON.parse(Buffer.from(outcome.payload).toString()) as { errorMessage?: unknown } | null;
  return String(body?.errorMessage ?? "");
}
