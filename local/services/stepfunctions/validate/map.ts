import type { QueryLanguage } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkTemplate } from "./expressions.ts";
import { DISTRIBUTED_ONLY } from "./fields.ts";
import type { CheckWorkflow } from "./state.ts";

const INPUT_TYPES = ["CSV", "JSON", "JSONL", "MANIFEST"];
const READER = /^arn:[\w-]+:states:::s3:(getObject|listObjectsV2)$/;
const WRITER = /^arn:[\w-]+:states:::s3:putObject$/;

/** Checks what is particular to a Map state. */
export function checkMap(
  state: JsonObject,
  at: string,
  language: QueryLanguage,
  checkWorkflow: CheckWorkflow,
  found: Diagnostics,
): void {
  const processor = state["ItemProcessor"] ?? state["Iterator"];
  if (processor === undefined) found.schema(at, "These fields are required: [ItemProcessor]");
  else checkWorkflow(processor, `${at}/${state["ItemProcessor"] === undefined ? "Iterator" : "ItemProcessor"}`);
  if (state["ItemProcessor"] !== undefined && state["Iterator"] !== undefined) {
    found.schema(at, "Only one of 'ItemProcessor' and 'Iterator' may be given");
  }
  if (state["ItemSelector"] !== undefined && state["Parameters"] !== undefined) {
    found.schema(at, "Only one of 'ItemSelector' and 'Parameters' may be given");
  }
  const config = isObject(processor) && isObject(processor["ProcessorConfig"]) ? processor["ProcessorConfig"] : {};
  const mode = config["Mode"] ?? "INLINE";
  const place = `${at}/ItemProcessor/ProcessorConfig`;
  if (mode === "DISTRIBUTED") {
    if (config["ExecutionType"] !== "STANDARD" && config["ExecutionType"] !== "EXPRESS") {
      found.schema(place, "'ExecutionType' must be one of: [STANDARD, EXPRESS]");
    }
    checkReader(state["ItemReader"], `${at}/ItemReader`, language, found);
    checkBatcher(state["ItemBatcher"], `${at}/ItemBatcher`, language, found);
    checkWriter(state["ResultWriter"], `${at}/ResultWriter`, language, found);
  } else if (mode === "INLINE") {
    for (const name of DISTRIBUTED_ONLY) {
      if (state[name] !== undefined) found.schema(at, `Field '${name}' is only supported in DISTRIBUTED mode`);
    }
  } else found.schema(`${place}/Mode`, "Value must be one of: [INLINE, DISTRIBUTED]");
  const items = state["Items"];
  if (items !== undefined) {
    if (typeof items !== "string" && !Array.isArray(items)) {
      found.schema(`${at}/Items`, "The value must be an array or a JSONata expression");
    }
    checkTemplate(items, `${at}/Items`, "JSONata", found);
  }
}

function checkReader(reader: Json | undefined, at: string, language: QueryLanguage, found: Diagnostics): void {
  if (reader === undefined) return;
  if (!isObject(reader)) {
    found.schema(at, "The value must be an object");
    return;
  }
  const resource = reader["Resource"];
  if (typeof resource !== "string" || !READER.test(resource)) {
    found.schema(
      `${at}/Resource`,
      "The value must be one of: [arn:aws:states:::s3:getObject, arn:aws:states:::s3:listObjectsV2]",
    );
    return;
  }
  checkTemplate(reader[language === "JSONata" ? "Arguments" : "Parameters"], `${at}/Arguments`, language, found);
  const config = isObject(reader["ReaderConfig"]) ? reader["ReaderConfig"] : {};
  if (!resource.endsWith("getObject")) return;
  if (!INPUT_TYPES.includes(String(config["InputType"]))) {
    found.schema(`${at}/ReaderConfig/InputType`, `This local cloud supports: [${INPUT_TYPES.join(", ")}]`);
  }
  if (config["ManifestType"] === "ATHENA_DATA") {
    found.schema(`${at}/ReaderConfig/ManifestType`, "ATHENA_DATA is not supported by this local cloud");
  }
  if (
    config["InputType"] === "CSV" &&
    config["CSVHeaderLocation"] !== "FIRST_ROW" &&
    !Array.isArray(config["CSVHeaders"])
  ) {
    found.schema(`${at}/ReaderConfig`, "'CSVHeaderLocation' must be FIRST_ROW, or GIVEN together with 'CSVHeaders'");
  }
}

function checkBatcher(batcher: Json | undefined, at: string, language: QueryLanguage, found: Diagnostics): void {
  if (batcher === undefined) return;
  if (!isObject(batcher)) {
    found.schema(at, "The value must be an object");
    return;
  }
  const limits = ["MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"];
  if (!limits.some((name) => batcher[name] !== undefined)) {
    found.schema(at, "One of 'MaxItemsPerBatch' and 'MaxInputBytesPerBatch' is required");
  }
  checkTemplate(batcher["BatchInput"], `${at}/BatchInput`, language, found);
}

function checkWriter(writer: Json | undefined, at: string, language: QueryLanguage, found: Diagnostics): void {
  if (writer === undefined) return;
  if (!isObject(writer)) {
    found.schema(at, "The value must be an object");
    return;
  }
  const resource = writer["Resource"];
  if (resource === undefined && writer["WriterConfig"] === undefined) {
    found.schema(at, "One of 'Resource' and 'WriterConfig' is required");
  }
  if (resource !== undefined && (typeof resource !== "string" || !WRITER.test(resource))) {
    found.schema(`${at}/Resource`, "The value must be arn:aws:states:::s3:putObject");
  }
  checkTemplate(writer[language === "JSONata" ? "Arguments" : "Parameters"], `${at}/Arguments`, language, found);
}
