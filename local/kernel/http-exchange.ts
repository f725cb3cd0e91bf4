import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AwsError } from "./aws-error.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

const unzip = promisify(gunzip);
const MAX_BODY_BYTES = 128 * 1_024 * 1_024;

/** Reads a whole request; a gzipped body is unpacked. Bodies above 128 MiB are refused (S3 never comes here). */
export async function readWireRequest(request: IncomingMessage, url: URL): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      throw new AwsError(
        "RequestEntityTooLargeException",
        413,
        `The request body is larger than ${MAX_BODY_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  const raw = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const body = headers["content-encoding"] === "gzip" ? await unzip(raw) : raw;
  return { method: request.method ?? "GET", path: url.pathname, query: url.searchParams, headers, body };
}

/** Sends a response in one write. */
export function sendWireResponse(response: ServerResponse, wire: WireResponse): void {
  if (response.destroyed) return;
  const body = typeof wire.body === "string" ? Buffer.from(wire.body, "utf8") : wire.body;
  const length = wire.status === 204 ? {} : { "content-length": body.length };
  response.writeHead(wire.status, { ...wire.headers, ...length });
  response.end(body);
}
