import type { Cloud, CloudEvent } from "../../kernel/cloud.ts";
import { createOutbox, type OutboxEntry } from "../../shared/durable-outbox.ts";
import { busOperations } from "./bus-operations.ts";
import { afterFailure, deliverToTarget } from "./delivery.ts";
import { DEFAULT_BUS, openEventStore } from "./event-store.ts";
import { putEventsOperations } from "./put-events.ts";
import { createRouter, type Router } from "./router.ts";
import { ruleOperations } from "./rule-operations.ts";
import { createScheduler } from "./scheduler.ts";
import { targetOperations } from "./target-operations.ts";
import type { EventsService, PendingDelivery } from "./types.ts";

/** The local EventBridge: buses, rules by pattern and schedule, targets; deliveries are durable and happen at least once. */
export function createEvents(cloud: Cloud): EventsService {
  const store = openEventStore(cloud);
  const outbox = createOutbox<PendingDelivery>({
    table: cloud.table<OutboxEntry<PendingDelivery>>("events", "outbox"),
    now: () => cloud.now(),
    deliver: (entry) => deliverToTarget(cloud, forward, entry),
    onFailure: (entry, error) => afterFailure(cloud, entry, error),
  });
  const router: Router = createRouter(cloud, store, outbox, () => service.duplicateDeliveries);
  const scheduler = createScheduler(cloud, store, router);

  function forward(busArn: string, event: CloudEvent, hops: number): void {
    router.route(store.bus(busArn).name, event, hops);
  }

  const service: EventsService = {
    id: "events",
    duplicateDeliveries: duplicatesFromEnvironment(),
    operations: {
      ...busOperations(cloud, store),
      ...ruleOperations(cloud, store, scheduler),
      ...targetOperations(store),
      ...putEventsOperations(cloud, store, router),
    },
    publish: (event) => router.route(DEFAULT_BUS, event),
    deliver: (event) => service.publish(event),
    drained: () => outbox.drained(),
    async start() {
      outbox.start();
      scheduler.start();
    },
    async stop() {
      scheduler.stop();
      await outbox.stop();
    },
  };
  return service;
}

function duplicatesFromEnvironment(): number {
  const text = process.env["MLOPS_LOCAL_DUPLICATE_EVENTS"] ?? "1";
  const copies = Number(text);
  if (!Number.isInteger(copies) || copies < 1) {
    throw new Error(`MLOPS_LOCAL_DUPLICATE_EVENTS is '${text}'; it must be a whole number from 1`);
  }
  return copies;
}
