import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { authorize } from "../../../kernel/authorization.ts";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, RequestContext } from "../../../kernel/cloud.ts";
import { toAwsError } from "../../../kernel/error-code.ts";
import { AnswerLost } from "../../../kernel/faults/answer-lost.ts";
import { interceptCall } from "../../../kernel/intercept-call.ts";
import { loadModel, shapeOf } from "../../../kernel/model.ts";
import { proofOf } from "../../../kernel/proof/proof-ledger.ts";
import { validateInput } from "../../../kernel/validate.ts";
import { malformedXml, notImplemented } from "../errors.ts";
import type { S3Call, S3Operation } from "../operations/call.ts";
import { READS_OBJECT, readUnlessHidden } from "../operations/missing.ts";
import { type Address, parseAddress } from "./address.ts";
import { checkPresigned } from "./presigned.ts";
import { type HeaderLookup, headerLookup, readMembers } from "./read-input.ts";
import { readXml } from "./read-xml.ts";
import { openBody, type RequestBody, readDocument, verifyDocumentChecksums } from "./request-body.ts";
import { operationOf } from "./route.ts";
import { sendError } from "./write-error.ts";
import { type WrittenOutput, writeOutput } from "./write-output.ts";

/** Answers one HTTP request of S3's REST API. */
export async function handleS3Request(
  cloud: Cloud,
  operations: Readonly<Record<string, S3Operation>>,
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  try {
    const address = parseAddress(request.url ?? "/", request.headers.host);
    await answer(cloud, operations, address, request, response, context);
  } catch (thrown) {
    const error = toAwsError(thrown);
    if (error instanceof AnswerLost) request.socket.destroy();
    else if (response.headersSent || request.errored || response.destroyed) {
      // The client went away, or the answer was under way: nobody is left to be told.
      response.destroy();
    } else {
      sendError(request, response, error, context.requestId);
    }
    if (error.statusCode >= 500 && error.code !== "NotImplemented" && !context.signal.aborted) {
      cloud.log("s3", "request failed", {
        method: request.method,
        url: request.url,
        error: String(error.cause ?? error),
      });
    }
  } finally {
    // What is left of the body must be read, or the connection is stuck.
    if (!request.readableEnded) request.resume();
  }
}

async function answer(
  cloud: Cloud,
  operations: Readonly<Record<string, S3Operation>>,
  address: Address,
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  const method = request.method ?? "GET";
  if (method === "OPTIONS") {
    throw new AwsError("AccessForbidden", 403, "CORSResponse: CORS is not enabled for this bucket.");
  }
  const header = headerLookup(request.headers, address.query);
  checkPresigned(address.query, cloud.now());
  const owner = header("x-amz-expected-bucket-owner");
  if (owner !== undefined && owner !== cloud.accountId) throw new AwsError("AccessDenied", 403, "Access Denied");
  const operation = operationOf(method, address, header("x-amz-copy-source"));
  const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (run === undefined) throw notImplemented(operation);
  const { input, call } = await readRequest(operation, address, request, header, context).catch((error: unknown) => {
    proofOf(cloud)?.refusedRequest("s3", operation, error instanceof Error ? error.message : String(error));
    throw error;
  });
  const { principal } = context;
  authorize(cloud, { service: "s3", operation, input, principal });
  const answered = (): Promise<object> | object =>
    READS_OBJECT.has(operation)
      ? readUnlessHidden(cloud, principal, address.bucket ?? "", () => run(input, call))
      : run(input, call);
  const output = (await interceptCall(cloud, { service: "s3", operation, input, context }, answered)) as Record<
    string,
    unknown
  >;
  const model = loadModel("s3");
  const entry = model.operations[operation];
  if (entry === undefined) throw new Error(`the model of S3 has no operation ${operation}`);
  await send(
    writeOutput(model, operation, entry, output),
    output["Body"] as Readable | undefined,
    method,
    response,
    context,
  );
}

async function readRequest(
  operation: string,
  address: Address,
  request: IncomingMessage,
  header: HeaderLookup,
  context: RequestContext,
): Promise<{ input: object; call: S3Call }> {
  const model = loadModel("s3");
  const inputName = model.operations[operation]?.input;
  if (inputName === undefined) return { input: {}, call: callOf(undefined, request, context) };
  const shape = shapeOf(model, inputName);
  const input = readMembers(model, shape, address, request.headers, header);
  // Aws-chunked is how the body travels, not what it is.
  if (typeof input["ContentEncoding"] === "string") {
    const kept = input["ContentEncoding"]
      .split(",")
      .filter((coding) => coding.trim() !== "aws-chunked")
      .join(",")
      .trim();
    if (kept === "") delete input["ContentEncoding"];
    else input["ContentEncoding"] = kept;
  }
  const [name, payload] =
    Object.entries(shape.members ?? {}).find(
      ([member, reference]) => reference.location === undefined && (shape.payload ?? member) === member,
    ) ?? [];
  if (name === undefined || payload === undefined) {
    return { input: validated(operation, input, "InvalidArgument"), call: callOf(undefined, request, context) };
  }
  const body = openBody(request, header);
  const { type } = shapeOf(model, payload.shape);
  if (type === "blob") {
    if (body.expectedBytes === undefined) {
      throw new AwsError("MissingContentLength", 411, "You must provide the Content-Length HTTP header.");
    }
    return {
      input: { ...(validated(operation, input, "InvalidArgument") as object), [name]: body.stream },
      call: callOf(body, request, context),
    };
  }
  const document = await readDocument(body, header);
  if (operation !== "CompleteMultipartUpload") verifyDocumentChecksums(document, header);
  if (document !== "") input[name] = type === "structure" ? readXml(model, payload, document) : document;
  else if (shape.required?.includes(name)) throw new AwsError("MissingRequestBodyError", 400, "Request body is empty.");
  return { input: validated(operation, input, "MalformedXML"), call: callOf(body, request, context) };
}

/** Checks the input against S3's model; S3 answers what does not fit with its own codes. */
function validated(operation: string, input: object, code: "InvalidArgument" | "MalformedXML"): object {
  try {
    return validateInput(loadModel("s3"), operation, input);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.message.includes("at 'storageClass'")) {
      throw new AwsError("InvalidStorageClass", 400, "The storage class you specified is not valid");
    }
    throw code === "MalformedXML" ? malformedXml(error.message) : new AwsError(code, 400, error.message);
  }
}

function callOf(body: RequestBody | undefined, request: IncomingMessage, context: RequestContext): S3Call {
  return {
    origin: { requestId: context.requestId, sourceAddress: request.socket.remoteAddress ?? "127.0.0.1" },
    contentSha256: body?.contentSha256,
    trailerNames: body?.trailerNames,
    trailers: body?.trailers,
  };
}

async function send(
  written: WrittenOutput,
  stream: Readable | undefined,
  method: string,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  const headers: Record<string, string> = {
    ...written.headers,
    "x-amz-request-id": context.requestId,
    "x-amz-id-2": context.requestId,
  };
  if (stream !== undefined) {
    response.writeHead(written.status, headers);
    await pipeline(stream, response, { signal: context.signal });
    return;
  }
  const body = Buffer.from(written.body, "utf8");
  if (written.status !== 204 && method !== "HEAD") headers["content-length"] = String(body.length);
  response.writeHead(written.status, headers);
  response.end(method === "HEAD" ? undefined : body);
}
