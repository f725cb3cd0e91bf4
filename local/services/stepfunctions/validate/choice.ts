import { isOperator, TYPE_TESTS } from "../asl/choice.ts";
import type { QueryLanguage } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { parseTimestamp } from "../asl/timestamp.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkExpression, checkPath, checkTemplate } from "./expressions.ts";

const RULE_FIELDS = {
  JSONPath: ["Next", "Comment", "Assign"],
  JSONata: ["Next", "Comment", "Assign", "Output", "Condition"],
};

/** Checks the rules of a Choice state. */
export function checkChoices(choices: Json | undefined, at: string, language: QueryLanguage, found: Diagnostics): void {
  if (!Array.isArray(choices) || choices.length === 0) {
    found.schema(at, "The value must be a non-empty array of choice rules");
    return;
  }
  for (const [index, rule] of choices.entries()) {
    const place = `${at}[${index}]`;
    if (!isObject(rule)) found.schema(place, "A choice rule must be an object");
    else {
      if (typeof rule["Next"] !== "string") found.schema(place, "These fields are required: [Next]");
      checkTemplate(rule["Assign"], `${place}/Assign`, language, found);
      if (language === "JSONata") checkCondition(rule, place, found);
      else checkRule(rule, place, found, true);
    }
  }
}

function checkCondition(rule: JsonObject, at: string, found: Diagnostics): void {
  for (const name of Object.keys(rule)) {
    if (!RULE_FIELDS.JSONata.includes(name)) found.schema(at, `Field '${name}' is not supported`);
  }
  checkTemplate(rule["Output"], `${at}/Output`, "JSONata", found);
  const condition = rule["Condition"];
  if (condition === undefined) found.schema(at, "These fields are required: [Condition]");
  else if (typeof condition === "string") checkExpression(condition, `${at}/Condition`, found);
  else if (typeof condition !== "boolean") found.schema(`${at}/Condition`, "A condition is a boolean or an expression");
}

function checkRule(rule: JsonObject, at: string, found: Diagnostics, isTop: boolean): void {
  const known = isTop ? RULE_FIELDS.JSONPath : ["Comment"];
  const operators = Object.keys(rule).filter((name) => isOperator(name) || ["And", "Or", "Not"].includes(name));
  for (const name of Object.keys(rule)) {
    if (name !== "Variable" && !operators.includes(name) && !known.includes(name)) {
      found.schema(at, `Field '${name}' is not supported${!isTop && name === "Next" ? " in a nested rule" : ""}`);
    }
  }
  const [operator] = operators;
  if (operators.length !== 1 || operator === undefined) {
    found.schema(at, "A choice rule must have exactly one comparison operator, And, Or or Not");
    return;
  }
  const value = rule[operator];
  if (operator === "And" || operator === "Or") {
    if (!Array.isArray(value) || value.length === 0)
      found.schema(`${at}/${operator}`, "The value must be a non-empty array");
    else for (const [index, inner] of value.entries()) nested(inner, `${at}/${operator}[${index}]`, found);
  } else if (operator === "Not") nested(value, `${at}/Not`, found);
  else {
    if (rule["Variable"] === undefined) found.schema(at, "These fields are required: [Variable]");
    else checkPath(rule["Variable"], `${at}/Variable`, found);
    checkOperand(operator, value, `${at}/${operator}`, found);
  }
}

function nested(rule: Json | undefined, at: string, found: Diagnostics): void {
  if (isObject(rule)) checkRule(rule, at, found, false);
  else found.schema(at, "A choice rule must be an object");
}

function checkOperand(operator: string, value: Json | undefined, at: string, found: Diagnostics): void {
  if (operator.endsWith("Path")) checkPath(value, at, found);
  else if (operator.startsWith("Boolean") || operator === "IsPresent" || Object.hasOwn(TYPE_TESTS, operator)) {
    if (typeof value !== "boolean") found.schema(at, "The value must be a boolean");
  } else if (operator.startsWith("Numeric")) {
    if (typeof value !== "number") found.schema(at, "The value must be a number");
  } else if (typeof value !== "string") found.schema(at, "The value must be a string");
  else if (operator.startsWith("Timestamp") && parseTimestamp(value) === undefined) {
    found.schema(at, "The value must be an RFC 3339 timestamp");
  }
}
