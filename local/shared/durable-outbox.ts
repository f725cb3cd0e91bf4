import { randomUUID } from "node:crypto";
import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import type { DurableMap } from "../kernel/durable-map.ts";

/** Something that was accepted and still has to reach its target. */
export interface OutboxEntry<T> {
  readonly id: string;
  readonly payload: T;
  readonly addedAtMillis: number;
  /** Deliveries that were tried and failed. */
  readonly failures: number;
  readonly nextAttemptAtMillis: number;
}

/** What an outbox needs from its owner. */
export interface OutboxOptions<T> {
  readonly table: DurableMap<OutboxEntry<T>>;
  now(): number;
  /** Delivers once. May run again for the same entry after a crash: at least once. */
  deliver(entry: OutboxEntry<T>): Promise<void>;
  /** Says when to try again after the given failure (moment in milliseconds), or `undefined` after it gave the entry up. */
  onFailure(entry: OutboxEntry<T>, error: unknown): Promise<number | undefined> | number | undefined;
}

/** An outbox: see {@link createOutbox}. */
export interface Outbox<T> {
  /** Stores the payload before it returns; delivery follows in the background. */
  add(payload: T): void;
  /** Begins to deliver, with what an earlier process left. */
  start(): void;
  /** Ends delivery. What is on its way gets a moment to finish; the rest stays stored for the next start. */
  stop(): Promise<void>;
  /** How many entries still have to be delivered. */
  readonly size: number;
  /** Resolves when nothing is left to deliver. */
  drained(): Promise<void>;
}

const MAX_PARALLEL = 32;
const STOP_MILLIS = 2_000;
/** Timers of Node hold at most 2^31 - 1 milliseconds. */
const MAX_TIMER_MILLIS = 2_147_483_647;

/** A durable list of deliveries: each is tried until it succeeds or its owner gives it up, over restarts too. */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  const { table } = options;
  const active = new Map<string, Promise<void>>();
  const waiting: string[] = [...table.keys()];
  const timers = new Set<NodeJS.Timeout>();
  const drainedListeners: (() => void)[] = [];
  let running = false;
  let closed = false;

  function later(id: string, atMillis: number): void {
    const delayMillis = Math.min(Math.max(0, atMillis - options.now()), MAX_TIMER_MILLIS);
    const timer = setTimeout(() => {
      timers.delete(timer);
      waiting.push(id);
      pump();
    }, delayMillis);
    timer.unref();
    timers.add(timer);
  }

  function pump(): void {
    while (running && active.size < MAX_PARALLEL) {
      const id = waiting.shift();
      if (id === undefined) return;
      const entry = table.get(id);
      if (entry === undefined || active.has(id)) continue;
      if (entry.nextAttemptAtMillis > options.now()) {
        later(id, entry.nextAttemptAtMillis);
        continue;
      }
      active.set(id, attempt(entry));
    }
  }

  async function attempt(entry: OutboxEntry<T>): Promise<void> {
    let retryAtMillis: number | undefined;
    try {
      await options.deliver(entry);
    } catch (error) {
      retryAtMillis = await options.onFailure(entry, error);
    }
    active.delete(entry.id);
    // The table may be closed by now: the entry stays in it and is delivered again.
    if (closed) return;
    if (retryAtMillis === undefined) table.delete(entry.id);
    else {
      table.set(entry.id, { ...entry, failures: entry.failures + 1, nextAttemptAtMillis: retryAtMillis });
      if (running) later(entry.id, retryAtMillis);
    }
    if (table.size === 0) for (const listener of drainedListeners.splice(0)) listener();
    pump();
  }

  return {
    add(payload) {
      const now = options.now();
      const id = randomUUID();
      table.set(id, { id, payload, addedAtMillis: now, failures: 0, nextAttemptAtMillis: now });
      waiting.push(id);
      // In a later turn: the caller's own work comes first.
      if (running) setImmediate(pump);
    },
    start() {
      running = true;
      setImmediate(pump);
    },
    async stop() {
      running = false;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      const patience = new AbortController();
      await Promise.race([
        Promise.allSettled(active.values()),
        setTimeoutPromise(STOP_MILLIS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
      ]);
      patience.abort();
      closed = true;
    },
    get size() {
      return table.size;
    },
    drained() {
      return table.size === 0 ? Promise.resolve() : new Promise((resolve) => drainedListeners.push(resolve));
    },
  };
}
