import { AwsError } from "../kernel/aws-error.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { loadModel, type ServiceModel, shapeOf } from "../kernel/model.ts";
import type { ResourceContext } from "./resource-provider.ts";

/**
 * Calls an AWS operation with values from a template: CloudFormation lets numbers and booleans be written as text and
 * the other way round, so scalars are turned into the type the model asks for.
 */
export async function callAws<T = Record<string, unknown>>(
  cloud: Cloud,
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<T> {
  const model = loadModel(service);
  const shape = model.operations[operation]?.input;
  const coerced = shape ? coerce(model, shape, input) : input;
  return (await cloud.call(service, operation, coerced as object)) as T;
}

/** Calls an operation and takes one of the error codes for success: gives undefined then. */
export async function callUnless<T = Record<string, unknown>>(
  codes: readonly string[],
  cloud: Cloud,
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<T | undefined> {
  try {
    return await callAws<T>(cloud, service, operation, input);
  } catch (error) {
    if (error instanceof AwsError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * Creates a named resource. When an earlier try was cut off, one of the error codes means that it made the resource:
 * gives undefined then.
 */
export async function createNamed<T = Record<string, unknown>>(
  context: ResourceContext,
  existsCodes: readonly string[],
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<T | undefined> {
  return await callUnless<T>(context.resuming ? existsCodes : [], context.cloud, service, operation, input);
}

function coerce(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  if (value === undefined || value === null) return undefined;
  switch (shape.type) {
    case "structure": {
      if (typeof value !== "object" || Array.isArray(value) || shape.document) return value;
      return mapValues(value, (item, name) => {
        const member = shape.members?.[name];
        return member ? coerce(model, member.shape, item) : item;
      });
    }
    case "list": {
      const { member } = shape;
      return Array.isArray(value) && member ? value.map((item) => coerce(model, member.shape, item)) : value;
    }
    case "map": {
      const item = shape.value;
      return typeof value === "object" && !Array.isArray(value) && item
        ? mapValues(value, (one) => coerce(model, item.shape, one))
        : value;
    }
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "boolean":
      return value === "true" ? true : value === "false" ? false : value;
    case "integer":
    case "long":
    case "float":
    case "double":
      return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
    default:
      return value;
  }
}

function mapValues(value: object, change: (item: unknown, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));
}
