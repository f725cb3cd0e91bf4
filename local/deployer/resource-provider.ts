import type { Cloud } from "../kernel/cloud.ts";

/** Properties of a resource with all intrinsic functions resolved. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a provider is told about the resource besides its properties. */
export interface ResourceContext {
  readonly cloud: Cloud;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  /** An earlier try was cut off by the end of the process and may have made the resource already. */
  readonly resuming: boolean;
  /** To be called as soon as the resource exists, before its further settings: what fails afterwards can then be deleted. */
  claim(physicalId: string): void;
  /** Name for a resource that the template does not name: `<stack>-<logical id>-<suffix>`, the same on every try. */
  physicalName(maxLength: number, options?: { lowerCase?: boolean; separator?: string }): string;
}

/** What a resource became. `Ref` gives the physical id, `Fn::GetAtt` an attribute. */
export interface ResourceState {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A deployed resource: its state and the properties it was made from. */
export interface DeployedResource extends ResourceState {
  readonly properties: Properties;
}

/** Creates, updates and deletes resources of one CloudFormation type through the APIs of the cloud. */
export interface ResourceProvider {
  readonly type: string;
  /** The properties it acts on, or accepts because they change nothing here; any other one fails before anything is created. `undefined` takes all. */
  readonly properties: ReadonlySet<string> | undefined;
  /** Properties whose change needs a new resource. */
  readonly replaceOn: readonly string[];
  /** Creates the resource. Must succeed again when an earlier try was cut off by the end of the process. */
  create(context: ResourceContext, properties: Properties): Promise<ResourceState>;
  /** Brings the resource to the new properties; called only when none of `replaceOn` changed. */
  update(context: ResourceContext, properties: Properties, current: DeployedResource): Promise<ResourceState>;
  /** Deletes the resource; one that is gone already is a success. */
  delete(context: ResourceContext, current: DeployedResource): Promise<void>;
}

/** A text property, undefined when it is not given. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return value === undefined ? undefined : String(value);
}

/** A list property; an absent one is empty. */
export function listOf<T>(properties: Properties, name: string): T[] {
  const value = properties[name];
  return Array.isArray(value) ? (value as T[]) : [];
}

/** An object property, undefined when it is not given. */
export function objectOf(properties: Properties, name: string): Record<string, unknown> | undefined {
  const value = properties[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Only the named properties that are given. */
export function pick(properties: Properties, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** Tags given as a list of Key and Value, as a plain map. */
export function tagMap(properties: Properties, name = "Tags"): Record<string, string> {
  const value = properties[name];
  if (!Array.isArray(value))
    return Object.fromEntries(
      Object.entries(objectOf(properties, name) ?? {}).map(([key, item]) => [key, String(item)]),
    );
  return Object.fromEntries((value as { Key: string; Value: unknown }[]).map((tag) => [tag.Key, String(tag.Value)]));
}
