import type { IncomingHttpHeaders } from "node:http";
import { setOwn } from "../../../kernel/json-codec.ts";
import { type ServiceModel, type Shape, type ShapeReference, shapeOf } from "../../../kernel/model.ts";
import { parseTimestamp } from "../../../kernel/timestamps.ts";
import { invalidArgument } from "../errors.ts";
import type { Address } from "./address.ts";

/** A request's header by lower-case name; in a presigned URL the `x-amz-*` query parameters count as headers. */
export type HeaderLookup = (name: string) => string | undefined;

/** Makes the lookup of a request. */
export function headerLookup(headers: IncomingHttpHeaders, query: URLSearchParams): HeaderLookup {
  const presigned = new Map<string, string>();
  if (query.has("X-Amz-Signature")) {
    for (const [name, value] of query) {
      if (/^x-amz-/i.test(name)) presigned.set(name.toLowerCase(), value);
    }
  }
  return (name) => {
    const value = headers[name];
    return (Array.isArray(value) ? value.join(", ") : value) ?? presigned.get(name);
  };
}

/** Reads the members of an operation's input that travel in path, query and headers. The body is added by the caller. */
export function readMembers(
  model: ServiceModel,
  shape: Shape,
  address: Address,
  headers: IncomingHttpHeaders,
  header: HeaderLookup,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const value = memberOf(model, name, member, address, headers, header);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function memberOf(
  model: ServiceModel,
  name: string,
  member: ShapeReference,
  address: Address,
  headers: IncomingHttpHeaders,
  header: HeaderLookup,
): unknown {
  const wire = member.locationName ?? name;
  switch (member.location) {
    case "uri":
      return wire === "Bucket" ? address.bucket : address.key;
    case "querystring": {
      const text = address.query.get(wire);
      return text === null ? undefined : scalar(model, member, wire, text);
    }
    case "header": {
      const text = header(wire.toLowerCase());
      return text === undefined ? undefined : scalar(model, member, wire, text);
    }
    case "headers":
      return prefixedHeaders(headers, address.query, wire);
    default:
      return undefined;
  }
}

function prefixedHeaders(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  prefix: string,
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  if (query.has("X-Amz-Signature")) {
    for (const [name, value] of query) {
      if (name.toLowerCase().startsWith(prefix)) setOwn(found, name.slice(prefix.length).toLowerCase(), value);
    }
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(prefix) || value === undefined) continue;
    setOwn(found, name.slice(prefix.length), utf8OfHeader(Array.isArray(value) ? value.join(",") : value));
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Node gives headers as latin1; clients send UTF-8 or, for what is not ASCII, RFC 2047 words. */
export function utf8OfHeader(text: string): string {
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  const readable = decoded.includes("\ufffd") ? text : decoded;
  return readable.replace(/=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=/gi, (_, base64: string) =>
    Buffer.from(base64, "base64").toString("utf8"),
  );
}

function scalar(model: ServiceModel, member: ShapeReference, name: string, text: string): unknown {
  const { type, member: item } = shapeOf(model, member.shape);
  switch (type) {
    case "integer":
    case "long":
      if (/^-?\d{1,15}$/.test(text)) return Number(text);
      throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
    case "boolean":
      return text.toLowerCase() === "true";
    case "timestamp":
      // A date that cannot be read makes a condition that S3 ignores.
      return parseTimestamp(text);
    case "list":
      return item === undefined ? [] : text.split(",").map((entry) => entry.trim());
    default:
      return text;
  }
}
