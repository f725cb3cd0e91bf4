import { BlockList, isIP } from "node:net";
import { PolicyError } from "./policy.ts";
import { matchesArn, matchesWildcard } from "./wildcards.ts";

/** Compares one value of the request with one value of the policy. */
type Comparison = (given: string, wanted: string) => boolean;

const same: Comparison = (given, wanted) =>
  matchesWildcard(wanted.replaceAll("*", "\u0001").replaceAll("?", "\u0002"), given);
const sameIgnoringCase: Comparison = (given, wanted) => given.toLowerCase() === wanted.toLowerCase();
const like: Comparison = (given, wanted) => matchesWildcard(wanted, given);
const arn: Comparison = (given, wanted) => matchesArn(wanted, given);
const inRange: Comparison = (given, wanted) => isInRange(given, wanted);

const number =
  (test: (given: number, wanted: number) => boolean): Comparison =>
  (given, wanted) =>
    test(numberOf(given), numberOf(wanted));
const date =
  (test: (given: number, wanted: number) => boolean): Comparison =>
  (given, wanted) =>
    test(millisOf(given), millisOf(wanted));

interface Operator {
  readonly compare: Comparison;
  /** Holds when no value of the policy matches; also when the request has no such key. */
  readonly negated: boolean;
}

const positive = (compare: Comparison): Operator => ({ compare, negated: false });
const negative = (compare: Comparison): Operator => ({ compare, negated: true });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: positive(same),
  StringNotEquals: negative(same),
  StringEqualsIgnoreCase: positive(sameIgnoringCase),
  StringNotEqualsIgnoreCase: negative(sameIgnoringCase),
  StringLike: positive(like),
  StringNotLike: negative(like),
  // AWS treats the two alike: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  ArnEquals: positive(arn),
  ArnLike: positive(arn),
  ArnNotEquals: negative(arn),
  ArnNotLike: negative(arn),
  NumericEquals: positive(number((given, wanted) => given === wanted)),
  NumericNotEquals: negative(number((given, wanted) => given === wanted)),
  NumericLessThan: positive(number((given, wanted) => given < wanted)),
  NumericLessThanEquals: positive(number((given, wanted) => given <= wanted)),
  NumericGreaterThan: positive(number((given, wanted) => given > wanted)),
  NumericGreaterThanEquals: positive(number((given, wanted) => given >= wanted)),
  DateEquals: positive(date((given, wanted) => given === wanted)),
  DateNotEquals: negative(date((given, wanted) => given === wanted)),
  DateLessThan: positive(date((given, wanted) => given < wanted)),
  DateLessThanEquals: positive(date((given, wanted) => given <= wanted)),
  DateGreaterThan: positive(date((given, wanted) => given > wanted)),
  DateGreaterThanEquals: positive(date((given, wanted) => given >= wanted)),
  Bool: positive(sameIgnoringCase),
  BinaryEquals: positive((given, wanted) => given === wanted),
  IpAddress: positive(inRange),
  NotIpAddress: negative(inRange),
};

/** Whether AWS has the operator; `Null` is handled apart because it looks at the key, not at its value. */
export function isKnownOperator(name: string): boolean {
  return name === "Null" || Object.hasOwn(OPERATORS, name);
}

/** The operator of that name. Throws PolicyError for one that AWS does not have. */
export function operatorOf(name: string): Operator {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) throw new PolicyError(`the condition operator ${name} is not known`);
  return operator;
}

function numberOf(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new PolicyError(`${JSON.stringify(text)} is not a number`);
  return value;
}

/** ISO 8601, or seconds since the epoch. */
function millisOf(text: string): number {
  const millis = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(millis)) throw new PolicyError(`${JSON.stringify(text)} is not a date`);
  return millis;
}

function isInRange(address: string, range: string): boolean {
  const [network = "", bits] = range.split("/");
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  if (isIP(network) === 0) throw new PolicyError(`${JSON.stringify(range)} is not an address range`);
  const list = new BlockList();
  list.addSubnet(network, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
