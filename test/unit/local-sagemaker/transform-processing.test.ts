import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatCsvLine, parseCsvLine } from "../../../local/services/sagemaker/csv-line.ts";
import { createProcessing } from "../../../local/services/sagemaker/transform-processing.ts";
import { transformRequest } from "../../support/sagemaker-cloud.ts";

describe("data processing of transform jobs", () => {
  it("adds the answer to an object, and wraps any other record", () => {
    const processing = createProcessing(transformRequest("x"));
    expect(processing.toModel('{"id":1,"features":{"a":2}}')).toBe('{"a":2}');
    expect(processing.toOutput('{"id":1}', '{"p":0.5}')).toBe('{"id":1,"SageMakerOutput":{"p":0.5}}');
    expect(processing.toOutput("[1]", "2")).toBe('{"SageMakerInput":[1],"SageMakerOutput":2}');
  });

  it("passes records on as they are when nothing is asked for", () => {
    const processing = createProcessing(transformRequest("x", { DataProcessing: undefined }));
    expect(processing.needsRecords).toBe(false);
    expect(processing.toModel(" anything ")).toBe(" anything ");
  });

  it("fails for a record that has no such part", () => {
    const processing = createProcessing(transformRequest("x"));
    expect(() => processing.toModel('{"id":1}')).toThrow(
      "ClientError: InputFilter $.features selects nothing of a record",
    );
    expect(() => processing.toModel("{")).toThrow(/^ClientError: Unable to parse/);
  });

  test.prop([
    fc.array(
      fc.string().filter((text) => !/[\r\n]/.test(text)),
      { minLength: 1 },
    ),
  ])("CSV lines survive writing and reading", (fields) => {
    expect(parseCsvLine(formatCsvLine(fields))).toEqual(fields);
  });
});
