import { type OperationModel, type ServiceModel, type ShapeReference, shapeOf } from "../../../kernel/model.ts";
import { formatTimestamp } from "../../../kernel/timestamps.ts";
import { element, escapeXml, writeXml } from "../../../kernel/xml-writer.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

// The model does not hold the root elements' names; S3's API reference does.
const ROOTS: Readonly<Record<string, string>> = {
  ListBuckets: "ListAllMyBucketsResult",
  ListObjects: "ListBucketResult",
  ListObjectsV2: "ListBucketResult",
  ListObjectVersions: "ListVersionsResult",
  ListParts: "ListPartsResult",
  ListMultipartUploads: "ListMultipartUploadsResult",
  CreateMultipartUpload: "InitiateMultipartUploadResult",
  CompleteMultipartUpload: "CompleteMultipartUploadResult",
  UploadPartCopy: "CopyPartResult",
  DeleteObjects: "DeleteResult",
  GetBucketLocation: "LocationConstraint",
  GetBucketVersioning: "VersioningConfiguration",
  GetBucketTagging: "Tagging",
  GetObjectTagging: "Tagging",
  GetBucketLifecycleConfiguration: "LifecycleConfiguration",
  GetBucketLogging: "BucketLoggingStatus",
  GetBucketNotificationConfiguration: "NotificationConfiguration",
  GetObjectAttributes: "GetObjectAttributesResponse",
};

/** An answer ready to be sent; the body of GetObject travels separately. */
export interface WrittenOutput {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Header values are latin1 in HTTP: what is not ASCII goes as an RFC 2047 word, as S3 does. */
export const headerText = (text: string): string =>
  /^[\t\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;

/** Serializes an operation's output: members in headers, the rest as XML under S3's root element. */
export function writeOutput(
  model: ServiceModel,
  operation: string,
  entry: OperationModel,
  output: Readonly<Record<string, unknown>>,
): WrittenOutput {
  const headers: Record<string, string> = {};
  const status = output["ContentRange"] === undefined ? statusOf(operation, entry) : 206;
  const shape = entry.output === undefined ? undefined : shapeOf(model, entry.output);
  if (shape === undefined) return { status, headers, body: "" };
  const inBody: Record<string, unknown> = {};
  let hasBodyMembers = false;
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    if (member.location === undefined) hasBodyMembers = true;
    const value = output[name];
    if (value === undefined) continue;
    if (member.location === "header") headers[(member.locationName ?? name).toLowerCase()] = headerValue(member, value);
    else if (member.location === "headers") {
      for (const [key, text] of Object.entries(value as Record<string, string>)) {
        headers[`${member.locationName ?? ""}${key}`.toLowerCase()] = headerText(text);
      }
    } else if (member.location === undefined) inBody[name] = value;
  }
  const refuse = (path: string): never => {
    throw new Error(`${operation}: ${path} is not in S3's model`);
  };
  const unknown = Object.keys(output).find((name) => !Object.hasOwn(shape.members ?? {}, name));
  if (unknown !== undefined) refuse(unknown);
  if (!hasBodyMembers || shape.payload === "Body" || status === 204) return { status, headers, body: "" };
  if (operation === "GetBucketLocation") {
    return xml(
      status,
      headers,
      element("LocationConstraint", escapeXml(String(output["LocationConstraint"] ?? "")), NAMESPACE),
    );
  }
  if (shape.payload !== undefined) {
    const reference = shape.members?.[shape.payload];
    const value = output[shape.payload];
    if (reference === undefined || value === undefined) return { status, headers, body: "" };
    if (shapeOf(model, reference.shape).type !== "structure") {
      return { status, headers: { ...headers, "content-type": "application/json" }, body: String(value) };
    }
    const root = ROOTS[operation] ?? reference.locationName ?? reference.shape;
    return xml(status, headers, element(root, writeXml(model, reference, value, refuse), NAMESPACE));
  }
  const root = ROOTS[operation] ?? entry.output ?? operation;
  return xml(status, headers, element(root, writeXml(model, { shape: entry.output ?? "" }, inBody, refuse), NAMESPACE));
}

// Documented answers that the model does not state.
const statusOf = (operation: string, entry: OperationModel): number =>
  operation === "PutBucketPolicy" ? 204 : (entry.http.status ?? 200);

function headerValue(member: ShapeReference, value: unknown): string {
  if (value instanceof Date) return String(formatTimestamp(value, member.timestampFormat ?? "rfc822"));
  return headerText(String(value));
}

function xml(status: number, headers: Record<string, string>, content: string): WrittenOutput {
  return {
    status,
    headers: { ...headers, "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
  };
}
