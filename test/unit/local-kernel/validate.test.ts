import { describe, expect, it } from "vitest";
import { loadModel } from "../../../local/kernel/model.ts";
import { validateInput } from "../../../local/kernel/validate.ts";

function messageOf(service: string, operation: string, input: object): string {
  try {
    validateInput(loadModel(service), operation, input);
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    throw error;
  }
  return "valid";
}

const model = {
  ModelName: "m",
  ExecutionRoleArn: "arn:aws:iam::000000000000:role/r",
  PrimaryContainer: { Image: "image" },
};

describe("validateInput", () => {
  it("gives a valid input back as it is", () => {
    expect(validateInput(loadModel("sagemaker"), "CreateModel", model)).toBe(model);
  });

  it("says what is missing in AWS's words", () => {
    expect(messageOf("sagemaker", "CreateModel", {})).toBe(
      "ValidationException: 1 validation error detected: Value null at 'modelName' failed to satisfy constraint: Member must not be null",
    );
  });

  it("reports all broken constraints in one message", () => {
    const message = messageOf("sagemaker", "CreateModel", { ...model, ModelName: "-", ExecutionRoleArn: "x" });
    expect(message).toContain("3 validation errors detected: Value '-' at 'modelName'");
    expect(message).toContain("Member must satisfy regular expression pattern: ");
    expect(message).toContain(
      "Value 'x' at 'executionRoleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    );
  });

  it("names the place inside lists and structures", () => {
    const input = {
      ModelName: "m",
      Tags: [
        { Key: "a", Value: "b" },
        { Key: "", Value: "b" },
      ],
    };
    expect(messageOf("sagemaker", "CreateModel", input)).toContain("at 'tags.2.member.key'");
  });

  it("reports enums and ranges", () => {
    const message = messageOf("logs", "PutRetentionPolicy", { logGroupName: "g", retentionInDays: 1 });
    expect(message).toBe("valid");
    expect(messageOf("dynamodb", "Query", { TableName: "tab", Select: "SOME", Limit: 0 })).toMatch(
      /2 validation errors detected: Value 'SOME' at 'select' .*enum value set: \[.*SPECIFIC_ATTRIBUTES.*; Value '0' at 'limit' .*value greater than or equal to 1/,
    );
  });

  it("refuses unknown members, also deep inside", () => {
    expect(messageOf("sagemaker", "CreateModel", { ...model, Modelname: "x" })).toContain("'Modelname'");
    expect(messageOf("sagemaker", "CreateModel", { ...model, PrimaryContainer: { Imag: "x" } })).toContain(
      "Value 'Imag' at 'primaryContainer.imag' failed to satisfy constraint: Unknown parameter",
    );
  });

  it("refuses values of another type", () => {
    expect(messageOf("sagemaker", "CreateModel", { ...model, ModelName: 5 })).toBe(
      "SerializationException: NUMBER_VALUE cannot be converted to String at 'modelName'",
    );
    expect(messageOf("dynamodb", "Query", { TableName: "tab", Limit: 1.5 })).toContain(
      "cannot be converted to Integer",
    );
  });

  it("takes null for absent", () => {
    const result = validateInput(loadModel("sagemaker"), "CreateModel", { ...model, Tags: null });
    expect(result).toEqual(model);
  });

  it("brings timestamps and blobs into their one form", () => {
    const result = validateInput(loadModel("cloudwatch"), "GetMetricData", {
      MetricDataQueries: [],
      StartTime: "2026-01-01T00:00:00Z",
      EndTime: 1_767_225_600.5,
    });
    expect(result).toMatchObject({
      StartTime: new Date("2026-01-01T00:00:00Z"),
      EndTime: new Date(1_767_225_600_500),
    });
    const invoke = validateInput(loadModel("lambda"), "Invoke", { FunctionName: "f", Payload: "{}" });
    expect(invoke).toMatchObject({ Payload: Buffer.from("{}") });
  });

  it("knows recursive shapes and unions", () => {
    const item = { a: { L: [{ M: { b: { S: "x" } } }] } };
    expect(messageOf("dynamodb", "PutItem", { TableName: "tab", Item: item })).toBe("valid");
    expect(messageOf("dynamodb", "PutItem", { TableName: "tab", Item: { a: { S: "x", N: "1" } } })).toBe(
      "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
    expect(messageOf("dynamodb", "PutItem", { TableName: "tab", Item: { a: {} } })).toContain("is empty");
  });

  it("fills a required idempotency token", () => {
    const result = validateInput(loadModel("sagemaker"), "CreateModel", model);
    expect(result).toBe(model);
    expect(messageOf("sqs", "SendMessage", { MessageBody: "b" })).toBe(
      "MissingParameter: The request must contain the parameter QueueUrl.",
    );
  });
});
