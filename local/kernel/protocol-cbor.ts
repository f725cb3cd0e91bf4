import { AwsError } from "./aws-error.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { structureFromJson } from "./json-codec.ts";
import { errorBody, queryErrorHeader } from "./protocol-json.ts";
import type { Protocol } from "./wire.ts";

/** Path of the protocol: `/service/<target prefix>/operation/<operation>`. */
export const CBOR_PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

/** Smithy RPC v2 CBOR: the operation in the path, a CBOR map as body. CloudWatch's newer clients speak it. */
export const cborProtocol: Protocol = {
  parse(model, request) {
    const operation = CBOR_PATH.exec(request.path)?.[2] ?? "";
    const shape = model.operations[operation]?.input;
    const value = request.body.length === 0 ? {} : decodeCbor(request.body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new AwsError("SerializationException", 400, "The request body must be a CBOR map");
    }
    const body = value as Record<string, unknown>;
    return { operation, input: shape ? structureFromJson(model, shape, body) : body };
  },
  serialize(_model, _operation, output, requestId) {
    return { status: 200, headers: cborHeaders(requestId), body: encodeCbor(output) };
  },
  serializeError(model, error, requestId) {
    const headers = cborHeaders(requestId);
    if (model.queryCompatible) headers["x-amzn-query-error"] = queryErrorHeader(model, error);
    return { status: error.statusCode, headers, body: encodeCbor(errorBody(model, error)) };
  },
};

function cborHeaders(requestId: string): Record<string, string> {
  return { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": requestId };
}
