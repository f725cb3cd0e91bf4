import type { Cloud } from "../../kernel/cloud.ts";
import { invalidParameter } from "./errors.ts";

/** A function as a request names it. */
export interface FunctionReference {
  readonly name: string;
  /** A version, `$LATEST` or an alias; undefined when none was named. */
  readonly qualifier: string | undefined;
}

const REFERENCE =
  /^(?:arn:[a-z-]+:lambda:[a-z0-9-]+:|)(?:\d{12}:|)(?:function:|)([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Reads a name, a partial ARN (`123456789012:function:name`) or an ARN, each with an optional `:qualifier`. */
export function parseFunctionName(text: string, qualifier?: string): FunctionReference {
  const match = REFERENCE.exec(text);
  const name = match?.[1];
  if (name === undefined) throw invalidParameter(`'${text}' is not a function name or ARN`);
  const own = match?.[2];
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw invalidParameter("The derived qualifier from the function name does not match the specified qualifier.");
  }
  return { name, qualifier: own ?? qualifier };
}

/** The ARN of a function, with its qualifier when one is given. */
export function functionArn(cloud: Cloud, name: string, qualifier?: string): string {
  const suffix = qualifier === undefined ? "" : `:${qualifier}`;
  return `arn:${cloud.partition}:lambda:${cloud.region}:${cloud.accountId}:function:${name}${suffix}`;
}
