import { gunzipSync } from "node:zlib";
import { AwsError } from "../../../kernel/aws-error.ts";
import { queryLanguage, type State } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import type { StateWork } from "../engine/context.ts";
import { applyInputPath, evaluate, numberField, scopeOf } from "../engine/data-flow.ts";
import { parseCsv } from "./csv.ts";

/** Delimiters of `CSVDelimiter`: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
const DELIMITERS: Readonly<Record<string, string>> = { COMMA: ",", PIPE: "|", SEMICOLON: ";", SPACE: " ", TAB: "\t" };

/** The most items that one distributed Map takes. */
const MAX_ITEMS = 100_000_000;

/** Reads the items of a distributed Map from S3. Throws States.ItemReaderFailed. */
export async function readItems(work: StateWork, state: State): Promise<Json[]> {
  const reader = state.ItemReader;
  if (reader === undefined) return [];
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  const template = reader.Parameters ?? reader.Arguments ?? {};
  const args = await evaluate(
    language,
    template,
    language === "JSONPath" ? "Parameters" : "ItemReader/Arguments",
    inner,
  );
  const config = reader.ReaderConfig ?? {};
  const path = config["MaxItemsPath"];
  const maxItems =
    (await numberField(
      language,
      "MaxItems",
      config["MaxItems"] as number | string | undefined,
      typeof path === "string" ? path : undefined,
      inner,
    )) ?? MAX_ITEMS;
  try {
    const parameters = isObject(args) ? args : {};
    if (reader.Resource.endsWith(":s3:listObjectsV2")) return await listObjects(work, parameters, maxItems);
    const items = await objectItems(work, parameters, config);
    return items.slice(0, maxItems);
  } catch (error) {
    if (error instanceof AwsError) throw readerFailed(`${error.message} (Service: S3, Error Code: ${error.code})`);
    throw error;
  }
}

async function listObjects(work: StateWork, parameters: JsonObject, maxItems: number): Promise<Json[]> {
  const items: Json[] = [];
  let token: string | undefined;
  do {
    const page = await s3(work, "ListObjectsV2", {
      ...parameters,
      ...(token !== undefined && { ContinuationToken: token }),
    });
    for (const object of Array.isArray(page["Contents"]) ? page["Contents"] : []) {
      items.push({
        Etag: object.ETag ?? "",
        Key: object.Key ?? "",
        LastModified: object.LastModified instanceof Date ? Math.floor(object.LastModified.getTime() / 1000) : 0,
        Size: object.Size ?? 0,
        StorageClass: object.StorageClass ?? "STANDARD",
      });
      if (items.length >= maxItems) return items;
    }
    token = typeof page["NextContinuationToken"] === "string" ? page["NextContinuationToken"] : undefined;
  } while (token !== undefined);
  return items;
}

async function objectItems(work: StateWork, parameters: JsonObject, config: JsonObject): Promise<Json[]> {
  const body = await getObject(work, parameters);
  const inputType = config["InputType"];
  switch (inputType) {
    case "CSV":
      return csvItems(body.toString("utf8"), config);
    case "JSON":
      return jsonItems(body.toString("utf8"), config["ItemsPointer"]);
    case "JSONL":
      return body
        .toString("utf8")
        .split(/\r?\n/)
        .filter((line) => line.trim() !== "")
        .map((line) => parse(line));
    case "MANIFEST":
      return manifestItems(work, parse(body.toString("utf8")));
    default:
      throw readerFailed(`The InputType ${JSON.stringify(inputType ?? null)} is not supported by this local cloud`);
  }
}

function csvItems(text: string, config: JsonObject): Json[] {
  const delimiter = DELIMITERS[String(config["CSVDelimiter"] ?? "COMMA")];
  if (delimiter === undefined) throw readerFailed(`Unknown CSVDelimiter '${String(config["CSVDelimiter"])}'`);
  const rows = parseCsv(text.replace(/^\uFEFF/, ""), delimiter);
  const given = config["CSVHeaderLocation"] === "GIVEN" ? config["CSVHeaders"] : undefined;
  const header = Array.isArray(given) ? given.map(String) : (rows.shift() ?? []);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""])));
}

function jsonItems(text: string, pointer: Json | undefined): Json[] {
  let value: Json | undefined = parse(text);
  if (typeof pointer === "string" && pointer !== "") {
    for (const part of pointer.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      value = Array.isArray(value) ? value[Number(name)] : isObject(value) ? value[name] : undefined;
    }
    if (value === undefined) {
      throw readerFailed("The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON structure.");
    }
  }
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  throw readerFailed("Attempting to map over non-iterable node.");
}

/** An S3 inventory: `manifest.json` names gzip-compressed CSV files and their columns. */
async function manifestItems(work: StateWork, manifest: Json): Promise<Json[]> {
  if (!isObject(manifest) || !Array.isArray(manifest["files"]) || manifest["fileFormat"] !== "CSV") {
    throw readerFailed("The manifest is not an S3 inventory manifest with fileFormat CSV");
  }
  const bucket = String(manifest["destinationBucket"]).replace(/^arn:[\w-]+:s3:::/, "");
  const columns = String(manifest["fileSchema"])
    .split(",")
    .map((name) => name.trim());
  const items: Json[] = [];
  for (const file of manifest["files"]) {
    const key = isObject(file) ? String(file["key"]) : "";
    const body = await getObject(work, { Bucket: bucket, Key: key });
    const text = (key.endsWith(".gz") ? gunzipSync(body) : body).toString("utf8");
    for (const row of parseCsv(text, ",")) {
      items.push(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? ""])));
    }
  }
  return items;
}

async function getObject(work: StateWork, parameters: JsonObject): Promise<Buffer> {
  const output = await s3(work, "GetObject", parameters);
  const body: unknown = output["Body"];
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === "string") return Buffer.from(body);
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  return Buffer.alloc(0);
}

// biome-ignore lint/suspicious/noExplicitAny: an AWS output shape, narrowed by the callers.
function s3(work: StateWork, operation: string, input: object): Promise<any> {
  const { cloud, principal } = work.engine.integrationContext(work.run);
  return cloud.call("s3", operation, input, principal);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw readerFailed(`The object is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readerFailed(cause: string): StateError {
  return new StateError("States.ItemReaderFailed", cause);
}
