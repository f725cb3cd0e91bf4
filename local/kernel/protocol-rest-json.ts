import { AwsError } from "./aws-error.ts";
import { shapeNameOf } from "./error-code.ts";
import { encodeBase64, structureFromJson, toJson } from "./json-codec.ts";
import { type OperationModel, type ServiceModel, type ShapeReference, shapeOf } from "./model.ts";
import { errorMembers, parseJsonBody } from "./protocol-json.ts";
import { scalarFromText } from "./protocol-query.ts";
import { matchRoute } from "./rest-routes.ts";
import { formatTimestamp } from "./timestamps.ts";
import type { Protocol, WireRequest, WireResponse } from "./wire.ts";

/** AWS REST-JSON: the operation is the method and path; members travel in the path, query, headers and body. */
export const restJsonProtocol: Protocol = {
  parse(model, request) {
    const route = matchRoute(model, request.method, request.path);
    if (!route) {
      throw new AwsError(
        "UnknownOperationException",
        404,
        `${model.id}: the local cloud knows no operation for ${request.method} ${request.path}`,
      );
    }
    const shape = model.operations[route.operation]?.input;
    return { operation: route.operation, input: shape ? inputOf(model, shape, request, route.labels) : {} };
  },
  serialize(model, operation, output, requestId, unknownMember) {
    const entry = model.operations[operation];
    if (!entry) throw new Error(`model '${model.id}' has no operation '${operation}'`);
    return responseOf(model, entry, output as Record<string, unknown>, requestId, unknownMember);
  },
  serializeError(model, error, requestId) {
    const members = errorMembers(model, error);
    const type = error.statusCode >= 500 ? "Service" : "User";
    const body = model.id === "lambda" ? { Type: type, ...members } : members;
    const headers = {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": shapeNameOf(model, error.code),
    };
    return { status: error.statusCode, headers, body: JSON.stringify(body) };
  },
};

function inputOf(
  model: ServiceModel,
  shapeName: string,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const shape = shapeOf(model, shapeName);
  const input: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const value = memberOutsideBody(model, name, member, request, labels);
    if (value !== undefined) input[name] = value;
  }
  const payload = shape.payload === undefined ? undefined : shape.members?.[shape.payload];
  if (shape.payload === undefined || !payload) {
    const inBody = Object.values(shape.members ?? {}).some((member) => member.location === undefined);
    return inBody ? { ...structureFromJson(model, shapeName, parseJsonBody(request)), ...input } : input;
  }
  const payloadShape = shapeOf(model, payload.shape);
  if (payloadShape.type === "blob") {
    if (request.body.length > 0) input[shape.payload] = request.body;
  } else if (payloadShape.type === "structure") {
    input[shape.payload] = structureFromJson(model, payload.shape, parseJsonBody(request));
  } else input[shape.payload] = Buffer.from(request.body).toString("utf8");
  return input;
}

function memberOutsideBody(
  model: ServiceModel,
  name: string,
  member: ShapeReference,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): unknown {
  const shape = shapeOf(model, member.shape);
  const wireName = member.locationName ?? name;
  if (member.location === "uri") {
    const text = labels[wireName];
    return text === undefined ? undefined : scalarFromText(shape.type, text);
  }
  if (member.location === "header") {
    const text = request.headers[wireName.toLowerCase()];
    return text === undefined ? undefined : scalarFromText(shape.type, text);
  }
  if (member.location === "querystring") {
    if (!request.query.has(wireName)) return undefined;
    if (shape.type === "list") return request.query.getAll(wireName);
    return scalarFromText(shape.type, request.query.get(wireName) ?? "");
  }
  return undefined;
}

function responseOf(
  model: ServiceModel,
  entry: OperationModel,
  output: Record<string, unknown>,
  requestId: string,
  unknownMember: (path: string) => void,
): WireResponse {
  const headers: Record<string, string> = { "content-type": "application/json", "x-amzn-requestid": requestId };
  let status = entry.http.status ?? 200;
  const shape = entry.output ? shapeOf(model, entry.output) : undefined;
  const inBody: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(output)) {
    const member = shape?.members && Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (value === undefined || value === null) continue;
    if (!member) unknownMember(`${entry.output ?? "output"}.${name}`);
    else if (member.location === "statusCode") status = Number(value);
    else if (member.location === "header")
      headers[(member.locationName ?? name).toLowerCase()] = headerText(model, member, value);
    else inBody[name] = value;
  }
  if (shape?.payload !== undefined && shape.members?.[shape.payload]) {
    const payload = output[shape.payload];
    if (payload instanceof Uint8Array) return { status, headers, body: payload };
    const reference = shape.members[shape.payload];
    const json = reference ? toJson(model, reference, payload, unknownMember) : undefined;
    return { status, headers, body: json === undefined ? "" : typeof json === "string" ? json : JSON.stringify(json) };
  }
  if (!entry.output) return { status, headers, body: "" };
  if (status === 204) return { status, headers, body: "" };
  return { status, headers, body: JSON.stringify(toJson(model, { shape: entry.output }, inBody, unknownMember)) };
}

function headerText(model: ServiceModel, member: ShapeReference, value: unknown): string {
  if (value instanceof Date) return String(formatTimestamp(value, member.timestampFormat ?? "rfc822"));
  if (value instanceof Uint8Array || shapeOf(model, member.shape).type === "blob") return encodeBase64(value);
  return String(value);
}
