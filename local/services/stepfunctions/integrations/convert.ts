import { loadModel, type Shape } from "../../../kernel/model.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";

/** How timestamps appear: `millis` in optimized integrations (the AWS SDK for Java 1.x wrote them so), `iso` in AWS SDK integrations. */
export type TimestampStyle = "millis" | "iso";

/**
 * Arguments of a task as the service's API takes them: members under PascalCase names become the model's own names, JSON
 * values become text where the API takes text or bytes, ISO timestamps become dates.
 */
export function toApi(serviceId: string, operation: string, args: Json): object {
  const model = loadModel(serviceId);
  const shape = model.operations[operation]?.input;
  const converted = shape === undefined ? args : inward(model.shapes, shape, args);
  return isObject(converted) ? converted : {};
}

/** The answer of a service as Step Functions presents it: PascalCase members, plain JSON. */
export async function fromApi(
  serviceId: string,
  operation: string,
  output: object,
  style: TimestampStyle,
): Promise<JsonObject> {
  const model = loadModel(serviceId);
  const shape = model.operations[operation]?.output;
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(output)) read[name] = await readStream(value);
  const converted = outward(model.shapes, shape, read, style);
  return isObject(converted) ? converted : {};
}

function inward(shapes: Readonly<Record<string, Shape>>, name: string, value: Json): unknown {
  const shape = shapes[name];
  if (shape === undefined || value === null) return value;
  switch (shape.type) {
    case "structure": {
      if (!isObject(value)) return value;
      const members = new Map(Object.keys(shape.members ?? {}).map((member) => [pascal(member), member]));
      const entries = Object.entries(value).map(([key, inner]) => {
        const member = members.get(key) ?? members.get(pascal(key)) ?? key;
        const target = shape.members?.[member];
        return [member, target === undefined ? inner : inward(shapes, target.shape, inner)];
      });
      return Object.fromEntries(entries);
    }
    case "list":
      return Array.isArray(value) ? value.map((item) => inward(shapes, shape.member?.shape ?? "", item)) : value;
    case "map":
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, inward(shapes, shape.value?.shape ?? "", inner)]),
      );
    case "string":
      return typeof value === "object" ? JSON.stringify(value) : value;
    case "blob":
      return Buffer.from(typeof value === "string" ? value : JSON.stringify(value), "utf8");
    case "timestamp":
      return typeof value === "boolean" || typeof value === "object" ? value : new Date(value);
    default:
      return value;
  }
}

function outward(
  shapes: Readonly<Record<string, Shape>>,
  name: string | undefined,
  value: unknown,
  style: TimestampStyle,
): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return style === "iso" ? value.toISOString() : value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (typeof value === "bigint") return Number(value);
  const shape = name === undefined ? undefined : shapes[name];
  if (Array.isArray(value)) return value.map((item) => outward(shapes, shape?.member?.shape, item, style));
  if (typeof value !== "object") return value as Json;
  const filled: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    if (shape?.type === "structure") filled[pascal(key)] = outward(shapes, shape.members?.[key]?.shape, inner, style);
    else filled[key] = outward(shapes, shape?.value?.shape, inner, style);
  }
  return filled;
}

async function readStream(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return value;
  if (!(Symbol.asyncIterator in value)) return value;
  const chunks: Uint8Array[] = [];
  for await (const chunk of value as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}

function pascal(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
