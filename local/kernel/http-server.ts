import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AwsError } from "./aws-error.ts";
import type { RequestContext } from "./cloud.ts";
import { type CloudCore, invoke } from "./cloud-core.ts";
import { toAwsError } from "./error-code.ts";
import { AnswerLost } from "./faults/answer-lost.ts";
import { readWireRequest, sendWireResponse } from "./http-exchange.ts";
import { localRoutesOf, sendJson } from "./local-routes.ts";
import { loadModel, type ServiceModel } from "./model.ts";
import { type CredentialScope, type CredentialSource, credentialScopeOf, defaultPrincipal } from "./principals.ts";
import { jsonProtocol } from "./protocol-json.ts";
import { type Destination, route } from "./routing.ts";
import type { Protocol } from "./wire.ts";
import { element } from "./xml-writer.ts";

/** Makes the HTTP server of a cloud: every AWS API and `/_local/` on one port. */
export function createHttpServer(core: CloudCore): Server {
  const server = createServer({ keepAlive: true, noDelay: true, requestTimeout: 0 }, (request, response) => {
    handle(core, request, response).catch((error: unknown) => {
      core.cloud.log("kernel", "request failed", { url: request.url, error: describe(error) });
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: describe(error) });
    });
  });
  // A client's pooled connection must outlive its idle time, or its next request meets a closed socket.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function handle(core: CloudCore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseUrl(request.url ?? "/");
  if (url?.pathname.startsWith("/_local/")) return await handleLocal(core, request, response, url);
  const requestId = randomUUID();
  if (!url) {
    response.writeHead(400, { "content-type": "application/xml" });
    response.end(xmlError("InvalidURI", "Couldn't parse the specified URI.", requestId));
    return;
  }
  const scope = credentialScopeOf(request.headers.authorization, url.searchParams);
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const context: RequestContext = {
    principal: principalOf(core, scope),
    requestId,
    signal: AbortSignal.any([gone.signal, core.stopping]),
  };
  let destination: Destination;
  try {
    destination = routeOf(request, url, scope);
  } catch (error) {
    sendWireResponse(response, jsonProtocol.serializeError(UNKNOWN_MODEL, toAwsError(error), requestId));
    return;
  }
  const { service, protocol } = destination;
  const instance = core.services.get(service);
  if (instance?.handleHttp) {
    if (!scope && request.method !== "OPTIONS") return refuseUnsignedXml(response, requestId);
    return await instance.handleHttp(request, response, context);
  }
  if (!protocol) throw new AwsError("UnknownOperationException", 404, `the service '${service}' is not running`);
  await answer(core, { service, protocol }, request, response, url, scope, context);
}

async function answer(
  core: CloudCore,
  { service, protocol }: { service: string; protocol: Protocol },
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  scope: CredentialScope | undefined,
  context: RequestContext,
): Promise<void> {
  const model = loadModel(service);
  let operation = "";
  try {
    // The body is read before anything is refused: a client that is still sending would see a broken connection.
    const wire = await readWireRequest(request, url);
    if (!scope) throw new AwsError("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
    const parsed = protocol.parse(model, wire);
    operation = parsed.operation;
    const output = await invoke(core.cloud, core.services, service, operation, parsed.input, context);
    const unknownMember = (path: string): void =>
      core.cloud.log("kernel", "output member is not in AWS's model and was not sent", { service, operation, path });
    sendWireResponse(response, protocol.serialize(model, operation, output, context.requestId, unknownMember));
  } catch (thrown) {
    const error = toAwsError(thrown);
    if (error instanceof AnswerLost) {
      request.socket.destroy();
      return;
    }
    if (error.statusCode >= 500) {
      core.cloud.log("kernel", "operation failed", { service, operation, error: describe(error.cause ?? error) });
    }
    sendWireResponse(response, protocol.serializeError(model, error, context.requestId));
  }
}

function routeOf(request: IncomingMessage, url: URL, scope: CredentialScope | undefined): Destination {
  const target = request.headers["x-amz-target"];
  return route({
    method: request.method ?? "GET",
    path: url.pathname,
    target: Array.isArray(target) ? target[0] : target,
    contentType: (request.headers["content-type"] ?? "").split(";")[0] ?? "",
    scope,
  });
}

async function handleLocal(
  core: CloudCore,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const found = localRoutesOf(core.cloud).find(url.pathname);
  if (found) await found.route(request, response, found.rest, url.searchParams);
  else sendJson(response, 404, { message: `nothing is served at ${url.pathname}` });
}

function principalOf(core: CloudCore, scope: CredentialScope | undefined) {
  const fallback = defaultPrincipal(core.cloud.partition, core.cloud.accountId);
  const source = core.services.get("sts") as CredentialSource | undefined;
  return (scope && source?.principalOf(scope.accessKeyId)) ?? fallback;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text, "http://127.0.0.1");
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function refuseUnsignedXml(response: ServerResponse, requestId: string): void {
  response.writeHead(403, { "content-type": "application/xml", connection: "close" });
  response.end(xmlError("AccessDenied", "Access Denied", requestId));
}

function xmlError(code: string, message: string, requestId: string): string {
  const detail = element("Code", code) + element("Message", message) + element("RequestId", requestId);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("Error", detail)}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const UNKNOWN_MODEL: ServiceModel = {
  id: "unknown",
  apiVersion: "",
  protocol: "json",
  endpointPrefix: "",
  operations: {},
  shapes: {},
};
