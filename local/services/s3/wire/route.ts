import { loadModel } from "../../../kernel/model.ts";
import { notImplemented } from "../errors.ts";
import type { Address } from "./address.ts";

// Query parameters that select another resource than the object or bucket itself; all that S3 has, supported here or not.
const SUBRESOURCES = [
  "accelerate",
  "acl",
  "analytics",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metadataConfiguration",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "uploads",
  "versioning",
  "versions",
  "website",
]; // prettier-ignore

type Level = "service" | "bucket" | "object";

const table = new Map<string, string>();

function routes(): ReadonlyMap<string, string> {
  if (table.size > 0) return table;
  for (const [operation, { http }] of Object.entries(loadModel("s3").operations)) {
    const [path = "/", literal = ""] = http.uri.split("?");
    const level: Level = path.includes("{Key+}") ? "object" : path.includes("{Bucket}") ? "bucket" : "service";
    const route = `${http.method} ${level} ${literal}`;
    // Several operations share the plain object routes; those are told apart below.
    if (!table.has(route)) table.set(route, operation);
  }
  return table;
}

function objectOperation(method: string, address: Address, copySource: string | undefined): string | undefined {
  const { query } = address;
  if (query.has("uploadId")) {
    if (method === "PUT") return copySource === undefined ? "UploadPart" : "UploadPartCopy";
    return { GET: "ListParts", POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload" }[method];
  }
  if (method === "PUT") return copySource === undefined ? "PutObject" : "CopyObject";
  return { GET: "GetObject", HEAD: "HeadObject", DELETE: "DeleteObject" }[method];
}

/** The operation that a request names. Throws NotImplemented naming what this cloud has not. */
export function operationOf(method: string, address: Address, copySource: string | undefined): string {
  const { bucket, key, query } = address;
  const level: Level = bucket === undefined ? "service" : key === undefined ? "bucket" : "object";
  const subresource = SUBRESOURCES.find((name) => query.has(name));
  let operation: string | undefined;
  if (subresource !== undefined) operation = routes().get(`${method} ${level} ${subresource}`);
  else if (level === "object") operation = objectOperation(method, address, copySource);
  else if (method === "GET" && level === "bucket") {
    operation = query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  } else operation = routes().get(`${method} ${level} `);
  if (operation === undefined) {
    throw notImplemented(
      `${method} on ${level === "object" ? "an object" : `the ${level}`}${subresource ? ` ?${subresource}` : ""}`,
    );
  }
  return operation;
}
