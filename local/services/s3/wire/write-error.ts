import type { IncomingMessage, ServerResponse } from "node:http";
import type { AwsError } from "../../../kernel/aws-error.ts";
import { element, escapeXml } from "../../../kernel/xml-writer.ts";

// Members that travel as headers, not as elements.
const HEADER_MEMBERS = new Set(["DeleteMarker", "MarkerVersionId", "LastModified"]);

/** Sends an error as S3 does: XML with its code, no body on HEAD and 304, details of delete markers in headers. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AwsError,
  requestId: string,
): void {
  const headers: Record<string, string> = { "x-amz-request-id": requestId, "x-amz-id-2": requestId };
  const { members } = error;
  if (members["DeleteMarker"] === true) {
    headers["x-amz-delete-marker"] = "true";
    headers["x-amz-version-id"] = String(members["MarkerVersionId"]);
  }
  if (typeof members["LastModified"] === "number")
    headers["last-modified"] = new Date(members["LastModified"]).toUTCString();
  if (error.statusCode === 304) headers["etag"] = `"${String(members["ETag"])}"`;
  if (error.statusCode === 416 && members["ActualObjectSize"] !== undefined) {
    headers["content-range"] = `bytes */${String(members["ActualObjectSize"])}`;
  }
  if (request.method === "HEAD" || error.statusCode === 304) {
    response.writeHead(error.statusCode, headers);
    response.end();
    return;
  }
  const details = Object.entries(members)
    .filter(([name, value]) => !HEADER_MEMBERS.has(name) && value !== undefined)
    .map(([name, value]) => element(name, escapeXml(String(value))))
    .join("");
  const content =
    element("Code", escapeXml(error.code)) +
    element("Message", escapeXml(error.message)) +
    details +
    element("RequestId", escapeXml(requestId)) +
    element("HostId", escapeXml(requestId));
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${element("Error", content)}`, "utf8");
  headers["content-type"] = "application/xml";
  headers["content-length"] = String(body.length);
  response.writeHead(error.statusCode, headers);
  response.end(body);
}
