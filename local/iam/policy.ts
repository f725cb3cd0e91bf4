/** A value of a request's context: most keys have one value, some (such as `aws:TagKeys`) a list. */
export type ContextValue = string | readonly string[];

/** What is known about a request besides action and resource. Keys are lower case: condition keys ignore case. */
export type RequestContextKeys = ReadonlyMap<string, ContextValue>;

/** One condition of a statement: `StringEquals: { "aws:SourceAccount": ["1"] }`. */
export interface Condition {
  /** The operator without set prefix and `IfExists`: `StringEquals`. */
  readonly operator: string;
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
  /** Lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Whom a statement of a resource policy is about. */
export interface PrincipalElement {
  /** `Principal: "*"` or `{ AWS: "*" }`: everybody. */
  readonly everybody: boolean;
  readonly aws: readonly string[];
  readonly service: readonly string[];
}

/** One statement, ready to be evaluated. */
export interface Statement {
  /** `Sid`, or the position in the document, from 0. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** `NotAction`: the statement holds for every action but these. */
  readonly negatedActions: boolean;
  /** Empty in the trust policy of a role, which has no resources. */
  readonly resources: readonly string[];
  readonly negatedResources: boolean;
  /** Only in resource policies. */
  readonly principal: PrincipalElement | undefined;
  readonly conditions: readonly Condition[];
}

/** A parsed policy document. */
export interface Policy {
  readonly statements: readonly Statement[];
  /** Policy variables are replaced only in documents of version 2012-10-17. */
  readonly hasVariables: boolean;
}

/** A policy that holds something this evaluator does not know; it is never guessed at. */
export class PolicyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PolicyError";
  }
}
