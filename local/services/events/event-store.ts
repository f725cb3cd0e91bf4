import type { Cloud } from "../../kernel/cloud.ts";
import { compileEventPatternText, type EventPredicate, InvalidPatternError } from "../../shared/event-pattern.ts";
import { invalidPattern, notFound } from "./errors.ts";
import type { BusRecord, RuleRecord } from "./types.ts";

/** The buses and rules of the account. */
export interface EventStore {
  /** A bus by name or ARN; the default bus when absent. Throws ResourceNotFoundException. */
  bus(nameOrArn: string | undefined): BusRecord;
  findBus(nameOrArn: string): BusRecord | undefined;
  buses(): BusRecord[];
  putBus(bus: BusRecord): void;
  removeBus(name: string): void;
  busArn(name: string): string;
  ruleArn(busName: string, ruleName: string): string;
  findRule(busName: string, ruleName: string): RuleRecord | undefined;
  /** Throws ResourceNotFoundException. */
  rule(busName: string, ruleName: string): RuleRecord;
  /** The rules of a bus, by name. */
  rulesOf(busName: string): RuleRecord[];
  rules(): RuleRecord[];
  putRule(rule: RuleRecord): RuleRecord;
  removeRule(rule: RuleRecord): void;
  /** The compiled pattern of a rule; undefined for a rule with a schedule only. */
  predicateOf(rule: RuleRecord): EventPredicate | undefined;
}

/** The bus that every account has and AWS's own events go to. */
export const DEFAULT_BUS = "default";

/** Opens the buses and rules of the state directory; the default bus always exists. */
export function openEventStore(cloud: Cloud): EventStore {
  const buses = cloud.table<BusRecord>("events", "buses");
  const rules = cloud.table<RuleRecord>("events", "rules");
  const predicates = new Map<string, { readonly text: string; readonly predicate: EventPredicate }>();
  const prefix = `arn:${cloud.partition}:events:${cloud.region}:${cloud.accountId}`;
  const busArn = (name: string): string => `${prefix}:event-bus/${name}`;
  const keyOf = (busName: string, ruleName: string): string => `${busName}/${ruleName}`;
  if (!buses.has(DEFAULT_BUS)) {
    buses.set(DEFAULT_BUS, { name: DEFAULT_BUS, arn: busArn(DEFAULT_BUS), createdAtMillis: cloud.now(), tags: {} });
  }
  const findBus = (nameOrArn: string): BusRecord | undefined =>
    buses.get(nameOrArn.startsWith(busArn("")) ? nameOrArn.slice(busArn("").length) : nameOrArn);
  const findRule = (busName: string, ruleName: string): RuleRecord | undefined => rules.get(keyOf(busName, ruleName));

  return {
    findBus,
    busArn,
    findRule,
    bus(nameOrArn) {
      const bus = findBus(nameOrArn ?? DEFAULT_BUS);
      if (bus === undefined) throw notFound(`Event bus ${nameOrArn} does not exist.`);
      return bus;
    },
    buses: () => [...buses.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    putBus: (bus) => void buses.set(bus.name, bus),
    removeBus: (name) => void buses.delete(name),
    ruleArn: (busName, ruleName) => `${prefix}:rule/${busName === DEFAULT_BUS ? ruleName : `${busName}/${ruleName}`}`,
    rule(busName, ruleName) {
      const rule = findRule(busName, ruleName);
      if (rule === undefined) throw notFound(`Rule ${ruleName} does not exist on EventBus ${busName}.`);
      return rule;
    },
    rulesOf: (busName) =>
      [...rules.values()].filter((rule) => rule.busName === busName).sort((a, b) => (a.name < b.name ? -1 : 1)),
    rules: () => [...rules.values()],
    putRule: (rule) => rules.set(keyOf(rule.busName, rule.name), rule),
    removeRule(rule) {
      rules.delete(keyOf(rule.busName, rule.name));
      predicates.delete(rule.arn);
    },
    predicateOf(rule) {
      const text = rule.eventPattern;
      if (text === undefined) return undefined;
      const known = predicates.get(rule.arn);
      if (known?.text === text) return known.predicate;
      const predicate = compilePattern(text);
      predicates.set(rule.arn, { text, predicate });
      return predicate;
    },
  };
}

/** Compiles a pattern. Throws InvalidEventPatternException. */
export function compilePattern(text: string): EventPredicate {
  try {
    return compileEventPatternText(text);
  } catch (error) {
    if (error instanceof InvalidPatternError) throw invalidPattern(error.message);
    throw error;
  }
}
