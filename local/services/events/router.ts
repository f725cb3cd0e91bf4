import type { Cloud, CloudEvent } from "../../kernel/cloud.ts";
import type { Outbox } from "../../shared/durable-outbox.ts";
import type { EventStore } from "./event-store.ts";
import { targetInput } from "./target-input.ts";
import type { PendingDelivery, RuleRecord } from "./types.ts";

/** AWS stops an event that rules pass from bus to bus in a circle. */
const MAX_HOPS = 8;

/** Finds the rules that an event matches and puts what they deliver into the outbox. */
export interface Router {
  /** To all enabled rules of a bus that match. */
  route(busName: string, event: CloudEvent, hops?: number): void;
  /** To the targets of one rule, without matching (schedules). */
  fire(rule: RuleRecord, event: CloudEvent, hops?: number): void;
}

/** A router whose deliveries happen `copies()` times each. */
export function createRouter(
  cloud: Cloud,
  store: EventStore,
  outbox: Outbox<PendingDelivery>,
  copies: () => number,
): Router {
  function fire(rule: RuleRecord, event: CloudEvent, hops = 0): void {
    const names = { ruleArn: rule.arn, ruleName: rule.name, ingestionTime: new Date(cloud.now()).toISOString() };
    for (const target of rule.targets) {
      const payload = targetInput(target, event, names);
      for (let copy = 0; copy < copies(); copy += 1) outbox.add({ ruleArn: rule.arn, target, payload, event, hops });
    }
  }
  return {
    fire,
    route(busName, event, hops = 0) {
      if (hops > MAX_HOPS) {
        cloud.log("events", "an event was dropped: rules pass it from bus to bus in a circle", {
          busName,
          id: event.id,
        });
        return;
      }
      for (const rule of store.rulesOf(busName)) {
        if (rule.state !== "ENABLED") continue;
        try {
          if (store.predicateOf(rule)?.(event) === true) fire(rule, event, hops);
        } catch (error) {
          // One bad rule must neither stop the others nor fail whoever published the event.
          cloud.log("events", "a rule failed and did not get the event", { ruleArn: rule.arn, error: String(error) });
        }
      }
    },
  };
}
