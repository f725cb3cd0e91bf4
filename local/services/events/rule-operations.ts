import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { InvalidScheduleError } from "./cron.ts";
import { invalid } from "./errors.ts";
import { compilePattern, DEFAULT_BUS, type EventStore } from "./event-store.ts";
import { pageOf } from "./page.ts";
import { parseSchedule } from "./schedule.ts";
import { nextFireOf, type Scheduler } from "./scheduler.ts";
import type { RuleRecord } from "./types.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_RULES_PER_BUS = 300;

/** The operations on rules. */
export function ruleOperations(cloud: Cloud, store: EventStore, scheduler: Scheduler): Record<string, Operation> {
  function save(rule: RuleRecord): RuleRecord {
    const { nextFireAtMillis: _previous, ...rest } = rule;
    const next = rule.state === "ENABLED" ? nextFireOf(rule, cloud.now()) : undefined;
    const saved = store.putRule(next === undefined ? rest : { ...rest, nextFireAtMillis: next });
    scheduler.update(saved);
    return saved;
  }

  function setState(input: { Name: string; EventBusName?: string }, state: RuleRecord["state"]): object {
    const rule = store.rule(store.bus(input.EventBusName).name, input.Name);
    if (rule.state !== state) save({ ...rule, state, anchorMillis: cloud.now() });
    return {};
  }

  function check(input: { EventPattern?: string; ScheduleExpression?: string }, busName: string): void {
    const { EventPattern, ScheduleExpression } = input;
    if (!EventPattern && !ScheduleExpression) {
      throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    if (EventPattern) compilePattern(EventPattern);
    if (!ScheduleExpression) return;
    if (busName !== DEFAULT_BUS) throw invalid("ScheduleExpression is supported only on the default event bus.");
    try {
      parseSchedule(ScheduleExpression);
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error;
      throw invalid(`Parameter ScheduleExpression is not valid. Reason: ${error.message}`);
    }
  }

  return {
    PutRule(input) {
      const bus = store.bus(input.EventBusName);
      check(input, bus.name);
      const state = input.State ?? "ENABLED";
      if (state !== "ENABLED" && state !== "DISABLED") {
        throw invalid(`The local cloud does not support the rule state ${state}.`);
      }
      const existing = store.findRule(bus.name, input.Name);
      if (existing === undefined && store.rulesOf(bus.name).length >= MAX_RULES_PER_BUS) {
        throw new AwsError("LimitExceededException", 400, "The requested resource exceeds the maximum number allowed.");
      }
      const sameSchedule =
        existing !== undefined &&
        existing.state === state &&
        existing.scheduleExpression === (input.ScheduleExpression || undefined);
      const rule: RuleRecord = {
        name: input.Name,
        busName: bus.name,
        arn: store.ruleArn(bus.name, input.Name),
        state,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
        ...(input.EventPattern ? { eventPattern: input.EventPattern } : {}),
        ...(input.ScheduleExpression ? { scheduleExpression: input.ScheduleExpression } : {}),
        anchorMillis: sameSchedule ? existing.anchorMillis : cloud.now(),
        targets: existing?.targets ?? [],
        // AWS ignores tags when a rule is updated.
        tags: existing?.tags ?? Object.fromEntries((input.Tags ?? []).map(tagEntry)),
      };
      return { RuleArn: save(rule).arn };
    },
    DeleteRule(input) {
      const rule = store.findRule(store.bus(input.EventBusName).name, input.Name);
      // Deleting what is not there succeeds.
      if (rule === undefined) return {};
      if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
      scheduler.remove(rule);
      store.removeRule(rule);
      return {};
    },
    DescribeRule(input) {
      const rule = store.rule(store.bus(input.EventBusName).name, input.Name);
      return { ...present(rule), CreatedBy: cloud.accountId };
    },
    EnableRule: (input) => setState(input, "ENABLED"),
    DisableRule: (input) => setState(input, "DISABLED"),
    ListRules(input) {
      const prefix: string = input.NamePrefix ?? "";
      const rules = store.rulesOf(store.bus(input.EventBusName).name).filter((rule) => rule.name.startsWith(prefix));
      const { page, members } = pageOf(rules, input);
      return { Rules: page.map(present), ...members };
    },
    ListRuleNamesByTarget(input) {
      const rules = store
        .rulesOf(store.bus(input.EventBusName).name)
        .filter((rule) => rule.targets.some((target) => target.Arn === input.TargetArn));
      const { page, members } = pageOf(rules, input);
      return { RuleNames: page.map((rule) => rule.name), ...members };
    },
  };
}

function tagEntry(tag: { Key: string; Value: string }): [string, string] {
  return [tag.Key, tag.Value];
}

function present(rule: RuleRecord): object {
  return {
    Name: rule.name,
    Arn: rule.arn,
    State: rule.state,
    EventBusName: rule.busName,
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
  };
}
