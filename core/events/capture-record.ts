import type { LiveValue } from "../data/bins.ts";
import type { Problem } from "../definition/metrics.ts";
import { predictionValue } from "../plans/predictions.ts";
import { parseCsvText } from "./csv-text.ts";

/** One captured request: what went in and what came out, row by row. */
export interface CapturedRequest {
  readonly eventId: string;
  readonly inferenceId: string | null;
  readonly rows: readonly Readonly<Record<string, LiveValue>>[];
  /** Probability, value or class of each row; empty when the output was not captured. */
  readonly predictions: readonly (number | string | null)[];
}

/** What is needed to read a capture file. */
export interface CaptureShape {
  readonly problem: Problem;
  /** Feature names in the order of CSV requests. */
  readonly features: readonly string[];
}

interface CapturedData {
  readonly observedContentType?: string;
  readonly data?: string;
  readonly encoding?: string;
}

/**
 * Reads one line of a data capture file
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html).
 *
 * @returns `refused` for a request that the model answered with an error, `unreadable` for a line that is no capture record
 *   or whose body has no known form
 */
export function parseCaptureLine(line: string, shape: CaptureShape): CapturedRequest | "refused" | "unreadable" {
  const record = parseJson(line);
  const capture = record?.["captureData"] as
    | { endpointInput?: CapturedData; endpointOutput?: CapturedData }
    | undefined;
  const metadata = record?.["eventMetadata"] as { eventId?: string; inferenceId?: string } | undefined;
  if (capture?.endpointInput === undefined || typeof metadata?.eventId !== "string") return "unreadable";
  const rows = inputRows(capture.endpointInput, shape);
  if (rows === null) return "unreadable";
  const predictions = capture.endpointOutput === undefined ? [] : outputValues(capture.endpointOutput, shape.problem);
  if (predictions === null || (predictions.length > 0 && predictions.length !== rows.length)) return "refused";
  return { eventId: metadata.eventId, inferenceId: metadata.inferenceId ?? null, rows, predictions };
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // The caller counts what cannot be read.
    return null;
  }
}

/** The body as text. Content types that the endpoint config does not list arrive as BASE64. */
function bodyOf(data: CapturedData): { text: string; contentType: string } {
  const text = data.data ?? "";
  const contentType = (data.observedContentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (data.encoding === "BASE64") return { text: Buffer.from(text, "base64").toString("utf8"), contentType };
  return { text, contentType: contentType === "" && data.encoding === "CSV" ? "text/csv" : contentType };
}

function inputRows(data: CapturedData, shape: CaptureShape): Record<string, LiveValue>[] | null {
  const { text, contentType } = bodyOf(data);
  switch (contentType) {
    case "text/csv":
      return csvRows(text, shape.features);
    case "application/jsonlines":
      return objectRows(jsonLines(text));
    case "application/json":
    case "":
      return objectRows(parseJson(text)?.["instances"]);
    default:
      return null;
  }
}

function objectRows(rows: unknown): Record<string, LiveValue>[] | null {
  if (!Array.isArray(rows) || rows.length === 0) return null;
  const isObject = (row: unknown): boolean => typeof row === "object" && row !== null && !Array.isArray(row);
  return rows.every(isObject) ? (rows as Record<string, LiveValue>[]) : null;
}

function jsonLines(text: string): (Record<string, unknown> | null)[] {
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [parseJson(line)]));
}

/** Without a header line, or with one that names features only. */
function csvRows(text: string, features: readonly string[]): Record<string, LiveValue>[] | null {
  const rows = parseCsvText(text);
  const known = new Set(features);
  const header = rows[0]?.every((name) => known.has(name)) === true ? rows.shift() : features;
  if (header === undefined || rows.length === 0 || rows.some((row) => row.length !== header.length)) return null;
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]])));
}

function outputValues(data: CapturedData, problem: Problem): (number | string | null)[] | null {
  const { text, contentType } = bodyOf(data);
  if (contentType === "text/csv") {
    return parseCsvText(text).map(([value = ""]) => {
      if (problem === "multiclass-classification") return value;
      const number = Number(value);
      return value !== "" && Number.isFinite(number) ? number : null;
    });
  }
  const predictions = contentType === "application/jsonlines" ? jsonLines(text) : parseJson(text)?.["predictions"];
  if (!Array.isArray(predictions)) return null;
  return predictions.map((item: unknown) =>
    typeof item === "object" && item !== null ? predictionValue(problem, item as Record<string, unknown>) : null,
  );
}
