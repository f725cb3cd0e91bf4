import { describe, expect, it } from "vitest";
import { loadModel } from "../../../local/kernel/model.ts";
import { credentialScopeOf } from "../../../local/kernel/principals.ts";
import { matchRoute } from "../../../local/kernel/rest-routes.ts";
import { route } from "../../../local/kernel/routing.ts";

const signed = (service: string) => ({ accessKeyId: "AKIA", service, presigned: false });
const base = { method: "POST", path: "/", target: undefined, contentType: "" };

describe("route", () => {
  it.each([
    ["SageMaker.CreateModel", "sagemaker"],
    ["AWSEvents.PutEvents", "events"],
    ["DynamoDB_20120810.GetItem", "dynamodb"],
    ["AWSStepFunctions.StartExecution", "stepfunctions"],
    ["AmazonSQS.SendMessage", "sqs"],
    ["GraniteServiceVersion20100801.PutMetricData", "cloudwatch"],
    ["Logs_20140328.PutLogEvents", "logs"],
    ["TrentService.Encrypt", "kms"],
  ])("sends %s to %s", (target, service) => {
    expect(route({ ...base, target, scope: undefined }).service).toBe(service);
  });

  it.each([
    ["sns", "/", "sns"],
    ["monitoring", "/", "cloudwatch"],
    ["monitoring", "/service/GraniteServiceVersion20100801/operation/PutMetricData", "cloudwatch"],
    ["lambda", "/2015-03-31/functions", "lambda"],
    ["sagemaker", "/endpoints/e/invocations", "sagemaker-runtime"],
    ["s3", "/bucket/service/a/operation/b", "s3"],
  ])("sends a request signed for %s at %s to %s", (name, path, service) => {
    expect(route({ ...base, path, scope: signed(name) }).service).toBe(service);
  });

  it("names a service that it does not have", () => {
    expect(() => route({ ...base, target: "AmazonSSM.GetParameter", scope: undefined })).toThrow("AmazonSSM");
    expect(() => route({ ...base, scope: signed("ec2") })).toThrow("'ec2'");
  });
});

describe("matchRoute", () => {
  it.each([
    ["POST", "/2015-03-31/functions/f/invocations", "Invoke", { FunctionName: "f" }],
    [
      "GET",
      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Af",
      "GetFunction",
      { FunctionName: "arn:aws:lambda:us-east-1:0:function:f" },
    ],
    ["GET", "/2015-03-31/functions/", "ListFunctions", {}],
    ["DELETE", "/2015-03-31/functions/f/policy/s", "RemovePermission", { FunctionName: "f", StatementId: "s" }],
  ])("%s %s is %s", (method, path, operation, labels) => {
    expect(matchRoute(loadModel("lambda"), method, path)).toEqual({ operation, labels });
  });
});

describe("credentialScopeOf", () => {
  it("reads the Authorization header and presigned URLs", () => {
    const header =
      "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0";
    expect(credentialScopeOf(header, new URLSearchParams())).toEqual({
      accessKeyId: "AKID",
      service: "states",
      presigned: false,
    });
    const query = new URLSearchParams({ "X-Amz-Credential": "AKID/20260101/us-east-1/s3/aws4_request" });
    expect(credentialScopeOf(undefined, query)).toEqual({ accessKeyId: "AKID", service: "s3", presigned: true });
    expect(credentialScopeOf(undefined, new URLSearchParams())).toBeUndefined();
  });
});
