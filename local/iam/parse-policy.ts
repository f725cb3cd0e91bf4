import { isKnownOperator } from "./condition-operators.ts";
import { type Condition, type Policy, PolicyError, type PrincipalElement, type Statement } from "./policy.ts";

const STATEMENT_MEMBERS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * Parses a policy document as AWS defines the grammar
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
 *
 * @throws PolicyError for what is not a policy, and for elements and operators that the evaluator does not know
 */
export function parsePolicy(document: string): Policy {
  const parsed: unknown = parseJson(document);
  if (!isObject(parsed)) throw new PolicyError("a policy must be a JSON object");
  const version = parsed["Version"] ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    throw new PolicyError(`the policy version ${JSON.stringify(version)} is neither 2012-10-17 nor 2008-10-17`);
  }
  const statements = listOf(parsed["Statement"]).map(parseStatement);
  return { statements, hasVariables: version === "2012-10-17" };
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch (error) {
    throw new PolicyError(`a policy must be JSON: ${(error as Error).message}`);
  }
}

function parseStatement(value: unknown, index: number): Statement {
  if (!isObject(value)) throw new PolicyError(`statement ${index} must be a JSON object`);
  const unknown = Object.keys(value).find((member) => !STATEMENT_MEMBERS.has(member));
  if (unknown !== undefined) throw new PolicyError(`statement ${index} holds ${unknown}, which is not evaluated here`);
  const effect = value["Effect"];
  if (effect !== "Allow" && effect !== "Deny") {
    throw new PolicyError(`statement ${index} has the effect ${JSON.stringify(effect)}; it must be Allow or Deny`);
  }
  if ((value["Action"] === undefined) === (value["NotAction"] === undefined)) {
    throw new PolicyError(`statement ${index} must have either Action or NotAction`);
  }
  if (value["Resource"] !== undefined && value["NotResource"] !== undefined) {
    throw new PolicyError(`statement ${index} has both Resource and NotResource`);
  }
  return {
    name: typeof value["Sid"] === "string" && value["Sid"] !== "" ? value["Sid"] : String(index),
    effect,
    actions: textsOf(value["Action"] ?? value["NotAction"], `the actions of statement ${index}`),
    negatedActions: value["NotAction"] !== undefined,
    resources: textsOf(value["Resource"] ?? value["NotResource"] ?? [], `the resources of statement ${index}`),
    negatedResources: value["NotResource"] !== undefined,
    principal: value["Principal"] === undefined ? undefined : parsePrincipal(value["Principal"], index),
    conditions: parseConditions(value["Condition"] ?? {}, index),
  };
}

function parsePrincipal(value: unknown, index: number): PrincipalElement {
  if (value === "*") return { everybody: true, aws: [], service: [] };
  if (!isObject(value)) throw new PolicyError(`the principal of statement ${index} must be "*" or an object`);
  const unknown = Object.keys(value).find((kind) => kind !== "AWS" && kind !== "Service");
  if (unknown !== undefined) {
    throw new PolicyError(`statement ${index} names a principal of kind ${unknown}, which is not evaluated here`);
  }
  const aws = textsOf(value["AWS"] ?? [], `the principals of statement ${index}`);
  const service = textsOf(value["Service"] ?? [], `the service principals of statement ${index}`);
  return { everybody: aws.includes("*"), aws, service };
}

function parseConditions(value: unknown, index: number): Condition[] {
  if (!isObject(value)) throw new PolicyError(`the conditions of statement ${index} must be an object`);
  return Object.entries(value).flatMap(([name, keys]) => {
    const match = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(name);
    const operator = match?.[2] ?? "";
    if (!isKnownOperator(operator)) {
      throw new PolicyError(`statement ${index} uses the condition operator ${name}, which is not known`);
    }
    if (!isObject(keys)) throw new PolicyError(`${name} of statement ${index} must be an object`);
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      quantifier: match?.[1] as Condition["quantifier"],
      ifExists: match?.[3] !== undefined,
      key: key.toLowerCase(),
      values: listOf(values).map((entry) => String(entry)),
    }));
  });
}

function textsOf(value: unknown, what: string): string[] {
  return listOf(value).map((entry) => {
    if (typeof entry !== "string") throw new PolicyError(`${what} must be texts, found ${JSON.stringify(entry)}`);
    return entry;
  });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
