import { describe, expect, it } from "vitest";
import { formatCaptureRecord } from "../../../local/services/sagemaker/capture-record.ts";

const invocation = {
  eventId: "e-1",
  inferenceId: undefined,
  customAttributes: undefined,
  timeMillis: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  input: { contentType: "text/csv; charset=utf-8", body: Buffer.from("1,é\n") },
  output: { contentType: "application/json", body: Buffer.from('{"a":1}') },
};
const config = {
  InitialSamplingPercentage: 100,
  DestinationS3Uri: "s3://b/p",
  CaptureOptions: [{ CaptureMode: "Input" as const }, { CaptureMode: "Output" as const }],
};

describe("capture records", () => {
  it("keep listed content types as text", () => {
    const line = formatCaptureRecord(
      {
        ...config,
        CaptureContentTypeHeader: { CsvContentTypes: ["text/csv"], JsonContentTypes: ["application/json"] },
      },
      invocation,
    );
    expect(JSON.parse(line)).toEqual({
      captureData: {
        endpointInput: {
          observedContentType: "text/csv; charset=utf-8",
          mode: "INPUT",
          data: "1,é\n",
          encoding: "CSV",
        },
        endpointOutput: { observedContentType: "application/json", mode: "OUTPUT", data: '{"a":1}', encoding: "JSON" },
      },
      eventMetadata: { eventId: "e-1", inferenceTime: "2026-01-02T03:04:05Z" },
      eventVersion: "0",
    });
    expect(line).not.toContain("\n");
  });

  it("keep all other content types as base64, and only the asked modes", () => {
    const line = formatCaptureRecord(
      { ...config, CaptureOptions: [{ CaptureMode: "Input" }] },
      { ...invocation, inferenceId: "i" },
    );
    const { captureData, eventMetadata } = JSON.parse(line) as { captureData: object; eventMetadata: object };
    expect(captureData).toEqual({
      endpointInput: expect.objectContaining({ encoding: "BASE64", data: Buffer.from("1,é\n").toString("base64") }),
    });
    expect(eventMetadata).toMatchObject({ inferenceId: "i" });
  });
});
