import { compileEventPatternText, type EventPredicate, InvalidPatternError } from "../../shared/event-pattern.ts";
import { invalidParameter } from "./errors.ts";
import type { PublishedAttribute, PublishedMessage, SubscriptionRecord } from "./types.ts";

/** Checks a filter policy. Throws InvalidParameter. */
export function checkFilterPolicy(text: string): void {
  compile(text);
}

/**
 * Whether a message passes the filter policy of a subscription: over its attributes, or over its body when the scope is MessageBody.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export function passesFilter(subscription: SubscriptionRecord, message: PublishedMessage): boolean {
  const text = subscription.attributes["FilterPolicy"];
  if (text === undefined || text === "" || text === "{}") return true;
  const predicate = compile(text);
  if (subscription.attributes["FilterPolicyScope"] !== "MessageBody") {
    return predicate(Object.fromEntries(Object.entries(message.attributes).flatMap(filterValue)));
  }
  let body: unknown;
  try {
    body = JSON.parse(message.message);
  } catch {
    // A body that is no JSON object passes no policy.
    return false;
  }
  return predicate(body);
}

function compile(text: string): EventPredicate {
  if (text === "{}") return () => true;
  try {
    return compileEventPatternText(text);
  } catch (error) {
    if (!(error instanceof InvalidPatternError)) throw error;
    throw invalidParameter(`Attributes Reason: FilterPolicy: ${error.message}`);
  }
}

/** An attribute as a policy sees it: text, a number, or a list. Binary attributes cannot be filtered. */
function filterValue([name, attribute]: [string, PublishedAttribute]): [string, unknown][] {
  const text = attribute.StringValue ?? "";
  const [type] = attribute.DataType.split(".");
  if (attribute.DataType === "String.Array") {
    try {
      return [[name, JSON.parse(text)]];
    } catch {
      // Not a list after all: it is compared as text.
      return [[name, text]];
    }
  }
  if (type === "Number") return [[name, Number(text)]];
  return type === "Binary" ? [] : [[name, text]];
}
