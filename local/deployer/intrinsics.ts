import { DeployError } from "./deploy-error.ts";
import type { Template } from "./template.ts";

/** Where the intrinsic functions of a template find their values. */
export interface Scope {
  readonly template: Template;
  /** Values of parameters and pseudo parameters by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Physical id of a resource that is deployed. */
  ref(logicalId: string): unknown;
  /** Attribute of a resource that is deployed. */
  getAtt(logicalId: string, attribute: string): unknown;
}

/** Stands for `AWS::NoValue`: the property is left out. */
const NO_VALUE = Symbol("AWS::NoValue");

/** The names of all intrinsic functions that are understood. */
const FUNCTIONS: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (argument, scope) => ref(String(argument), scope),
  "Fn::GetAtt": getAtt,
  "Fn::Sub": sub,
  "Fn::Join": join,
  "Fn::Select": select,
  "Fn::Split": split,
  "Fn::If": condition,
  "Fn::FindInMap": findInMap,
  "Fn::Base64": (argument, scope) => Buffer.from(text(argument, scope, "Fn::Base64")).toString("base64"),
  "Fn::GetAZs": (_argument, scope) =>
    ["a", "b", "c"].map((zone) => `${String(scope.parameters["AWS::Region"])}${zone}`),
  "Fn::Equals": (argument, scope) => test({ "Fn::Equals": argument }, scope),
  "Fn::And": (argument, scope) => test({ "Fn::And": argument }, scope),
  "Fn::Or": (argument, scope) => test({ "Fn::Or": argument }, scope),
  "Fn::Not": (argument, scope) => test({ "Fn::Not": argument }, scope),
};

/**
 * Replaces every intrinsic function in a value. Properties that resolve to `AWS::NoValue` disappear.
 * Throws DeployError for a function, a parameter or a resource that does not exist.
 */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolved = resolveAny(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolveAny(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveAny(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const call = intrinsicOf(value);
  if (call) {
    const implementation = FUNCTIONS[call.name];
    if (!implementation) throw new DeployError(`the local cloud does not support the intrinsic function ${call.name}`);
    return implementation(call.argument, scope);
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const resolved = resolveAny(item, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/** The intrinsic function that an object with exactly one key stands for. */
export function intrinsicOf(value: object): { name: string; argument: unknown } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (!entry || others.length > 0) return undefined;
  const [name, argument] = entry;
  if (name === "Ref" && typeof argument === "string") return { name, argument };
  return name.startsWith("Fn::") ? { name, argument } : undefined;
}

/** Whether a condition of the template holds; a resource or output without one always exists. */
export function conditionHolds(name: string | undefined, scope: Scope): boolean {
  if (name === undefined) return true;
  const expression = scope.template.Conditions?.[name];
  if (expression === undefined) throw new DeployError(`the template has no condition '${name}'`);
  return test(expression, scope);
}

function test(expression: unknown, scope: Scope): boolean {
  if (typeof expression === "object" && expression !== null) {
    const [name, argument] = Object.entries(expression)[0] ?? [];
    if (name === "Condition") return conditionHolds(String(argument), scope);
    const parts = Array.isArray(argument) ? (argument as unknown[]) : [];
    if (name === "Fn::Equals") {
      const [left, right] = parts.map((part) => resolveValue(part, scope));
      return typeof left === "object" ? JSON.stringify(left) === JSON.stringify(right) : String(left) === String(right);
    }
    if (name === "Fn::And") return parts.every((part) => test(part, scope));
    if (name === "Fn::Or") return parts.some((part) => test(part, scope));
    if (name === "Fn::Not") return !test(parts[0], scope);
  }
  throw new DeployError(`not a condition: ${JSON.stringify(expression)}`);
}

function ref(name: string, scope: Scope): unknown {
  if (name === "AWS::NoValue") return NO_VALUE;
  if (Object.hasOwn(scope.parameters, name)) return scope.parameters[name];
  if (scope.template.Resources[name]) return scope.ref(name);
  throw new DeployError(`Ref: the template has no parameter or resource '${name}'`);
}

function getAtt(argument: unknown, scope: Scope): unknown {
  const parts = typeof argument === "string" ? argument.split(".") : (argument as unknown[]);
  const [logicalId, ...attribute] = parts.map((part) => String(resolveValue(part, scope)));
  if (logicalId === undefined || !scope.template.Resources[logicalId]) {
    throw new DeployError(`Fn::GetAtt: the template has no resource '${String(logicalId)}'`);
  }
  return scope.getAtt(logicalId, attribute.join("."));
}

function sub(argument: unknown, scope: Scope): unknown {
  const [source, variables = {}] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>?])
    : [argument];
  if (typeof source !== "string") throw new DeployError("Fn::Sub needs text");
  return source.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const own = (variables as Record<string, unknown>)[name];
    if (own !== undefined) return text(own, scope, "Fn::Sub");
    return String(name.includes(".") ? getAtt(name, scope) : ref(name, scope));
  });
}

function join(argument: unknown, scope: Scope): unknown {
  const [delimiter, list] = argument as [string, unknown];
  const items = resolveValue(list, scope);
  if (!Array.isArray(items)) throw new DeployError(`Fn::Join needs a list: ${JSON.stringify(list)}`);
  return items.map(String).join(delimiter);
}

function select(argument: unknown, scope: Scope): unknown {
  const [index, list] = argument as [unknown, unknown];
  const items = resolveValue(list, scope);
  const position = Number(resolveValue(index, scope));
  if (!Array.isArray(items) || !(position in items)) {
    throw new DeployError(`Fn::Select: no item ${position} in ${JSON.stringify(items)}`);
  }
  return items[position];
}

function split(argument: unknown, scope: Scope): unknown {
  const [delimiter, source] = argument as [string, unknown];
  return text(source, scope, "Fn::Split").split(delimiter);
}

function condition(argument: unknown, scope: Scope): unknown {
  const [name, whenTrue, whenFalse] = argument as [string, unknown, unknown];
  return resolveAny(conditionHolds(name, scope) ? whenTrue : whenFalse, scope);
}

function findInMap(argument: unknown, scope: Scope): unknown {
  const [map, first, second] = (argument as unknown[]).map((part) => String(resolveValue(part, scope)));
  const value = scope.template.Mappings?.[map ?? ""]?.[first ?? ""]?.[second ?? ""];
  if (value === undefined) throw new DeployError(`Fn::FindInMap: no value for ${map}.${first}.${second}`);
  return value;
}

function text(value: unknown, scope: Scope, name: string): string {
  const resolved = resolveValue(value, scope);
  if (typeof resolved === "object" || resolved === undefined) {
    throw new DeployError(`${name} needs text, got ${JSON.stringify(resolved)}`);
  }
  return String(resolved);
}
