import type { CreateTransformJobRequest } from "@aws-sdk/client-sagemaker";
import { formatCsvLine, parseCsvLine } from "./csv-line.ts";
import { invalid, JobFailure } from "./errors.ts";
import { type JsonPath, parseJsonPath } from "./json-path.ts";

/** How records are filtered before they go to the model, and joined and filtered afterwards. */
export interface Processing {
  /** Whether answers must be taken apart into records. */
  readonly needsRecords: boolean;
  /** The text that the model gets for a record. */
  toModel(record: string): string;
  /** The text that the output gets for a record and its answer. */
  toOutput(record: string, answer: string): string;
}

type Format = "json" | "csv";

/**
 * Reads DataProcessing. Throws ValidationException for paths and combinations that batch transform does not allow.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataProcessing.html
 */
export function createProcessing(request: CreateTransformJobRequest): Processing {
  const { InputFilter, OutputFilter, JoinSource } = request.DataProcessing ?? {};
  const input = parseJsonPath(InputFilter ?? "$", "InputFilter");
  const output = parseJsonPath(OutputFilter ?? "$", "OutputFilter");
  const join = JoinSource === "Input";
  if (input.isRoot && output.isRoot && !join) {
    return { needsRecords: false, toModel: (record) => record, toOutput: (_record, answer) => answer };
  }
  const format = requireFormat(request);
  if (format === "csv") {
    for (const path of [input, output]) {
      if (!path.indexOnly) throw invalid(`JSONPath ${path.text}: CSV records can be filtered by index only.`);
    }
  }
  return {
    needsRecords: join || !output.isRoot,
    toModel: (record) => (input.isRoot ? record : select(parse(record, format), input, format, "InputFilter")),
    toOutput(record, answer) {
      const parsed = parse(answer, format);
      const joined = join ? joinRecords(parse(record, format), parsed, format) : parsed;
      return output.isRoot ? write(joined, format) : select(joined, output, format, "OutputFilter");
    },
  };
}

function requireFormat(request: CreateTransformJobRequest): Format {
  const type = mediaType(request.TransformInput?.ContentType);
  const accept = mediaType(request.TransformOutput?.Accept);
  if (type === undefined || !["text/csv", "application/json", "application/jsonlines"].includes(type)) {
    throw invalid("DataProcessing requires the ContentType text/csv, application/json or application/jsonlines.");
  }
  if (accept !== type) throw invalid(`DataProcessing requires that Accept equals ContentType, which is ${type}.`);
  const isLines = request.TransformInput?.SplitType === "Line" && request.TransformOutput?.AssembleWith === "Line";
  if (type !== "application/json" && !isLines) {
    throw invalid(`DataProcessing of ${type} requires SplitType Line and AssembleWith Line.`);
  }
  return type === "text/csv" ? "csv" : "json";
}

function mediaType(value: string | undefined): string | undefined {
  return value?.split(";")[0]?.trim().toLowerCase();
}

function parse(text: string, format: Format): unknown {
  try {
    return format === "csv" ? parseCsvLine(text) : JSON.parse(text);
  } catch (error) {
    throw new JobFailure(
      "ClientError",
      `Unable to parse a record as ${format === "csv" ? "CSV" : "JSON"}: ${(error as Error).message}`,
    );
  }
}

function write(value: unknown, format: Format): string {
  if (format === "json") return JSON.stringify(value);
  return formatCsvLine(Array.isArray(value) ? value : [value]);
}

function select(value: unknown, path: JsonPath, format: Format, member: string): string {
  const selected = path.select(value);
  if (selected === undefined) throw new JobFailure("ClientError", `${member} ${path.text} selects nothing of a record`);
  return write(selected, format);
}

function joinRecords(record: unknown, answer: unknown, format: Format): unknown {
  if (format === "csv") return [...(record as string[]), ...(answer as string[])];
  if (typeof record === "object" && record !== null && !Array.isArray(record))
    return { ...record, SageMakerOutput: answer };
  return { SageMakerInput: record, SageMakerOutput: answer };
}
