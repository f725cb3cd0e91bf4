import type { ContextValue } from "../policy.ts";

/** One permission that a call needs: an action on a resource, and what the call says about itself. */
export interface Requirement {
  readonly action: string;
  /** An ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  /** Condition keys of the request, as AWS writes them: `s3:prefix`. */
  readonly context?: Readonly<Record<string, ContextValue>>;
}

/** Where the call is made. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Whether a version of an object has tags: a copy of it takes them along. */
  readonly objectHasTags: (bucket: string, key: string, versionId: string) => boolean;
}

/** The input of a call, in AWS's own member names. */
export type Input = Readonly<Record<string, unknown>>;

/** Derives what a call needs; undefined when nothing is known about it. */
export type Derivation = (input: Input, place: Place) => readonly Requirement[];

/** The derivations of one service, by operation. */
export type ServiceTable = Readonly<Record<string, Derivation>>;

/** A text member of the input, or the empty text. */
export function text(input: Input, member: string): string {
  const value = input[member];
  return typeof value === "string" ? value : "";
}

/** A list member of the input, or the empty list. */
export function list(input: Input, member: string): readonly Input[] {
  const value = input[member];
  return Array.isArray(value) ? (value as Input[]) : [];
}

/** A structure member of the input, or an empty one. */
export function structure(input: Input, member: string): Input {
  const value = input[member];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Input) : {};
}

/** `arn:aws:service:region:account:resource` */
export function arnOf(place: Place, service: string, resource: string): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** An ARN as it is, a name as the ARN that it stands for. */
export function nameOrArn(place: Place, service: string, prefix: string, value: string): string {
  return value.startsWith("arn:") ? value : arnOf(place, service, `${prefix}${value}`);
}

/** Passing a role to a service (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html); nothing without a role. */
export function passRole(roleArn: unknown, service: string): Requirement[] {
  if (typeof roleArn !== "string") return [];
  return [{ action: "iam:PassRole", resource: roleArn, context: { "iam:PassedToService": service } }];
}

/** `aws:TagKeys` and `aws:RequestTag/...` of a call that sets tags. */
export function tagContext(tags: readonly Input[]): Record<string, ContextValue> {
  const context: Record<string, ContextValue> = { "aws:TagKeys": tags.map((tag) => text(tag, "Key")) };
  for (const tag of tags) context[`aws:RequestTag/${text(tag, "Key")}`] = text(tag, "Value");
  return context;
}
