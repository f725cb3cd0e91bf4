import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A reference to a shape with the traits it has at this place. Names follow botocore's service models. */
export interface ShapeReference {
  readonly shape: string;
  readonly location?: "uri" | "querystring" | "header" | "headers" | "statusCode";
  readonly locationName?: string;
  readonly flattened?: boolean;
  readonly timestampFormat?: TimestampFormat;
  readonly jsonvalue?: boolean;
  readonly streaming?: boolean;
  readonly idempotencyToken?: boolean;
}

export type TimestampFormat = "iso8601" | "rfc822" | "unixTimestamp" | "unixTimestampMillis";

/** One shape of a service model: its type, members, protocol traits and constraints. */
export interface Shape {
  readonly type:
    | "structure"
    | "list"
    | "map"
    | "string"
    | "character"
    | "blob"
    | "boolean"
    | "integer"
    | "long"
    | "float"
    | "double"
    | "timestamp";
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly payload?: string;
  readonly flattened?: boolean;
  readonly locationName?: string;
  readonly timestampFormat?: TimestampFormat;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly streaming?: boolean;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** An operation's HTTP binding and the names of its shapes. `status` is absent for 200. */
export interface OperationModel {
  readonly http: { readonly method: string; readonly uri: string; readonly status?: number };
  readonly input?: string;
  readonly output?: string;
  readonly resultWrapper?: string;
  readonly errors?: readonly string[];
}

/** AWS's published model of one service, reduced to the operations that this cloud knows. */
export interface ServiceModel {
  readonly id: string;
  readonly apiVersion: string;
  readonly protocol: string;
  readonly jsonVersion?: string;
  readonly targetPrefix?: string;
  readonly signingName?: string;
  readonly endpointPrefix: string;
  readonly xmlNamespace?: string;
  readonly queryCompatible?: boolean;
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const models = new Map<string, ServiceModel>();

/** Loads the model of a service on first use. Throws when no model of that id was generated. */
export function loadModel(service: string): ServiceModel {
  const loaded = models.get(service);
  if (loaded) return loaded;
  const path = fileURLToPath(new URL(`../models/${service}.generated.json`, import.meta.url));
  if (!existsSync(path)) throw new Error(`no model for service '${service}'; add it to local/models`);
  const model = JSON.parse(readFileSync(path, "utf8")) as ServiceModel;
  models.set(service, model);
  return model;
}

/** The shape of that name. Throws when the model does not have it. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`model '${model.id}' has no shape '${name}'`);
  return shape;
}

/** The error shape whose code or name is `code`, when the model has one. */
export function errorShapeOf(model: ServiceModel, code: string): { name: string; shape: Shape } | undefined {
  const named = model.shapes[code];
  if (named?.exception) return { name: code, shape: named };
  for (const [name, shape] of Object.entries(model.shapes)) {
    if (shape.exception && shape.error?.code === code) return { name, shape };
  }
  return undefined;
}
