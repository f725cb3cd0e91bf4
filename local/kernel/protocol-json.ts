import { AwsError } from "./aws-error.ts";
import { queryCodeOf, shapeNameOf } from "./error-code.ts";
import { structureFromJson, toJson } from "./json-codec.ts";
import { errorShapeOf, type ServiceModel } from "./model.ts";
import type { Protocol, WireRequest } from "./wire.ts";

/** Namespaces that AWS puts before the error's name in `__type`; services that are not here send the bare name. */
const NAMESPACES: Readonly<Record<string, string>> = {
  cloudwatch: "com.amazonaws.cloudwatch",
  dynamodb: "com.amazonaws.dynamodb.v20120810",
  sqs: "com.amazonaws.sqs",
};

/** Errors that the front of AWS's JSON services throws, in their own namespace. */
const CORAL_ERRORS = new Set(["ValidationException", "SerializationException", "UnknownOperationException"]);

/** AWS JSON 1.0 and 1.1: the operation in X-Amz-Target, everything else in a JSON body. */
export const jsonProtocol: Protocol = {
  parse(model, request) {
    const target = request.headers["x-amz-target"] ?? "";
    const operation = target.slice(target.lastIndexOf(".") + 1);
    const shape = model.operations[operation]?.input;
    const body = parseJsonBody(request);
    return { operation, input: shape ? structureFromJson(model, shape, body) : body };
  },
  serialize(model, operation, output, requestId, unknownMember) {
    const shape = model.operations[operation]?.output;
    const body = shape ? JSON.stringify(toJson(model, { shape }, output, unknownMember) ?? {}) : "";
    return { status: 200, headers: jsonHeaders(model, requestId), body };
  },
  serializeError(model, error, requestId) {
    const headers = jsonHeaders(model, requestId);
    if (model.queryCompatible) headers["x-amzn-query-error"] = queryErrorHeader(model, error);
    return { status: error.statusCode, headers, body: JSON.stringify(errorBody(model, error)) };
  },
};

/** The body of an error in JSON and CBOR: `__type`, the message under the model's name for it, and the modeled members. */
export function errorBody(model: ServiceModel, error: AwsError): Record<string, unknown> {
  return { __type: errorType(model, error.code), ...errorMembers(model, error) };
}

/** The message and the modeled members of an error, without its type. */
export function errorMembers(model: ServiceModel, error: AwsError): Record<string, unknown> {
  const shape = errorShapeOf(model, error.code)?.shape;
  const messageName = shape?.members && "Message" in shape.members ? "Message" : "message";
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error.members)) {
    const reference = shape?.members?.[name];
    members[reference?.locationName ?? name] = reference ? toJson(model, reference, value, () => undefined) : value;
  }
  return { [messageName]: error.message, ...members };
}

/** `<code>;Sender` or `;Receiver`: how services that moved from Query to JSON name the error for older clients. */
export function queryErrorHeader(model: ServiceModel, error: AwsError): string {
  return `${queryCodeOf(model, error.code)};${error.statusCode >= 500 ? "Receiver" : "Sender"}`;
}

/** Reads a JSON object; an empty body is an empty object. */
export function parseJsonBody(request: WireRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(request.body).toString("utf8"));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AwsError("SerializationException", 400, `The request body is not valid JSON: ${detail}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AwsError("SerializationException", 400, "The request body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

function errorType(model: ServiceModel, code: string): string {
  const name = shapeNameOf(model, code);
  const namespace = NAMESPACES[model.id];
  if (!namespace) return name;
  return CORAL_ERRORS.has(name) ? `com.amazon.coral.validate#${name}` : `${namespace}#${name}`;
}

function jsonHeaders(model: ServiceModel, requestId: string): Record<string, string> {
  return { "content-type": `application/x-amz-json-${model.jsonVersion ?? "1.1"}`, "x-amzn-requestid": requestId };
}
