import { AwsError } from "./aws-error.ts";
import { type ServiceModel, type ShapeReference, shapeOf } from "./model.ts";
import { formatTimestamp } from "./timestamps.ts";

/** Called for each output member that the model does not have; such a member cannot be sent. */
export type UnknownMember = (path: string) => void;

/**
 * Turns parsed JSON into AWS's own member names by the model: renamed members get their names, base64 text becomes
 * `Uint8Array`. Types and constraints are the validator's work: what does not fit is passed on as it is.
 */
export function fromJson(model: ServiceModel, reference: ShapeReference, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(model, reference.shape);
  switch (shape.type) {
    case "structure": {
      if (shape.document || typeof value !== "object" || Array.isArray(value)) return value;
      return structureFromJson(model, reference.shape, value as Record<string, unknown>);
    }
    case "list": {
      const { member } = shape;
      return Array.isArray(value) && member ? value.map((item) => fromJson(model, member, item) ?? null) : value;
    }
    case "map": {
      if (typeof value !== "object" || Array.isArray(value) || !shape.value) return value;
      const result: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(value)) setOwn(result, key, fromJson(model, shape.value, item));
      return result;
    }
    case "blob":
      if (typeof value !== "string") return value;
      return decodeBase64(value);
    default:
      return value;
  }
}

/** Reads the members of a structure that travel in a JSON body. Unknown members are kept, so that the validator names them. */
export function structureFromJson(
  model: ServiceModel,
  shapeName: string,
  value: Record<string, unknown>,
): Record<string, unknown> {
  const members = shapeOf(model, shapeName).members ?? {};
  const wireNames = wireNamesOf(model, shapeName);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = wireNames ? (wireNames.get(key) ?? key) : key;
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    const parsed = member ? fromJson(model, member, item) : item;
    if (parsed !== undefined && parsed !== null) setOwn(result, name, parsed);
  }
  return result;
}

/** Turns a service's output into plain JSON by the model; members that are `undefined` are left out. */
export function toJson(
  model: ServiceModel,
  reference: ShapeReference,
  value: unknown,
  unknownMember: UnknownMember,
  path = reference.shape,
): unknown {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(model, reference.shape);
  if (shape.document) return value;
  switch (shape.type) {
    case "structure": {
      const result: Record<string, unknown> = {};
      const members = shape.members ?? {};
      for (const [name, item] of Object.entries(value as Record<string, unknown>)) {
        const member = Object.hasOwn(members, name) ? members[name] : undefined;
        if (!member) {
          if (item !== undefined) unknownMember(`${path}.${name}`);
          continue;
        }
        const written = toJson(model, member, item, unknownMember, `${path}.${name}`);
        if (written !== undefined) result[member.locationName ?? name] = written;
      }
      return result;
    }
    case "list": {
      const { member } = shape;
      return member
        ? (value as unknown[]).map((item) => toJson(model, member, item, unknownMember, `${path}[]`) ?? null)
        : value;
    }
    case "map": {
      const result: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
        if (shape.value) setOwn(result, key, toJson(model, shape.value, item, unknownMember, `${path}.${key}`));
      }
      return result;
    }
    case "blob":
      return encodeBase64(value);
    case "timestamp":
      return value instanceof Date
        ? formatTimestamp(value, reference.timestampFormat ?? shape.timestampFormat ?? "unixTimestamp")
        : value;
    case "float":
    case "double":
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    default:
      return value;
  }
}

/** Base64 text of bytes; text is taken as UTF-8. */
export function encodeBase64(value: unknown): string {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  return Buffer.from(String(value), "utf8").toString("base64");
}

/** Sets an own property even when its name is `__proto__`: keys come from clients. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

function decodeBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) {
    throw new AwsError("SerializationException", 400, "Could not deserialize: a blob is not valid base64");
  }
  return Buffer.from(text, "base64");
}

const wireNameCache = new WeakMap<ServiceModel, Map<string, Map<string, string> | null>>();

/** Wire name to member name, or null when the structure renames nothing. */
function wireNamesOf(model: ServiceModel, shapeName: string): Map<string, string> | null {
  let cache = wireNameCache.get(model);
  if (!cache) {
    cache = new Map();
    wireNameCache.set(model, cache);
  }
  const cached = cache.get(shapeName);
  if (cached !== undefined) return cached;
  const renamed = Object.entries(shapeOf(model, shapeName).members ?? {}).filter(
    ([name, member]) => member.locationName !== undefined && member.locationName !== name && !member.location,
  );
  const result =
    renamed.length > 0 ? new Map(renamed.map(([name, member]) => [member.locationName ?? name, name])) : null;
  cache.set(shapeName, result);
  return result;
}
