import { randomUUID } from "node:crypto";
import type { Cloud } from "../../kernel/cloud.ts";
import type { EventStore } from "./event-store.ts";
import type { Router } from "./router.ts";
import { nextScheduleTime, parseSchedule } from "./schedule.ts";
import type { RuleRecord } from "./types.ts";

/** Timers of Node hold at most 2^31 - 1 milliseconds. */
const MAX_TIMER_MILLIS = 2_147_483_647;

/** Fires the rules that have a schedule. */
export interface Scheduler {
  /** Arms, re-arms or disarms a rule after it changed. */
  update(rule: RuleRecord): void;
  remove(rule: RuleRecord): void;
  /** Arms everything. A rule that was due while the cloud was down fires once, however often it was due. */
  start(): void;
  stop(): void;
}

/** The moment at which a rule fires next, from now on. */
export function nextFireOf(
  rule: Pick<RuleRecord, "scheduleExpression" | "anchorMillis">,
  now: number,
): number | undefined {
  if (rule.scheduleExpression === undefined) return undefined;
  return nextScheduleTime(parseSchedule(rule.scheduleExpression), rule.anchorMillis, now);
}

export function createScheduler(cloud: Cloud, store: EventStore, router: Router): Scheduler {
  const timers = new Map<string, NodeJS.Timeout>();
  let running = false;

  function disarm(rule: RuleRecord): void {
    clearTimeout(timers.get(rule.arn));
    timers.delete(rule.arn);
  }

  function arm(rule: RuleRecord): void {
    disarm(rule);
    const { nextFireAtMillis } = rule;
    if (!running || rule.state !== "ENABLED" || nextFireAtMillis === undefined) return;
    const delayMillis = Math.min(Math.max(0, nextFireAtMillis - cloud.now()), MAX_TIMER_MILLIS);
    const timer = setTimeout(() => onTimer(rule.busName, rule.name), delayMillis);
    timer.unref();
    timers.set(rule.arn, timer);
  }

  function onTimer(busName: string, ruleName: string): void {
    const rule = store.findRule(busName, ruleName);
    if (rule?.nextFireAtMillis === undefined || rule.state !== "ENABLED") return;
    // Long waits take several timers, and timers may come a little early.
    if (rule.nextFireAtMillis > cloud.now()) {
      arm(rule);
      return;
    }
    // Into the outbox first: a crash in between fires again, it does not skip.
    router.fire(rule, {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: cloud.accountId,
      time: `${new Date(rule.nextFireAtMillis).toISOString().slice(0, 19)}Z`,
      region: cloud.region,
      resources: [rule.arn],
      detail: {},
    });
    const { nextFireAtMillis: _fired, ...rest } = rule;
    const next = nextFireOf(rule, cloud.now());
    arm(store.putRule(next === undefined ? rest : { ...rest, nextFireAtMillis: next }));
  }

  return {
    update: arm,
    remove: disarm,
    start() {
      running = true;
      for (const rule of store.rules()) arm(rule);
    },
    stop() {
      running = false;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
