import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCbor, encodeCbor } from "../../local/kernel/cbor.ts";
import { createCloudwatch } from "../../local/services/cloudwatch/index.ts";
import { createKms } from "../../local/services/kms/index.ts";
import { createSts } from "../../local/services/sts/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;

beforeAll(async () => {
  const lambda = {
    id: "lambda",
    operations: { Invoke: () => ({ StatusCode: 200, FunctionError: "Unhandled", Payload: Buffer.from("{}") }) },
  };
  cloud = await startCloud({ factories: [createCloudwatch, createKms, createSts, () => lambda] });
});
afterAll(async () => {
  await cloud.stop();
});

/** What every AWS client sends; the local cloud reads the scope and does not check the signature. */
function authorization(service: string): Record<string, string> {
  const credential = `AKIATEST/20260101/us-east-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

const post = (path: string, headers: Record<string, string>, body: string | Uint8Array) =>
  fetch(cloud.endpoint + path, { method: "POST", headers, body: Buffer.from(body) });
const json = (target: string, service: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  post(
    "/",
    { ...authorization(service), "x-amz-target": target, "content-type": "application/x-amz-json-1.1", ...headers },
    body,
  );

describe("JSON protocol", () => {
  it("answers with the service's content type and a request id", async () => {
    const response = await json("TrentService.ListKeys", "kms", "{}");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({ Keys: [], Truncated: false });
  });

  it("tells errors by __type and message", async () => {
    const response = await json("TrentService.DescribeKey", "kms", '{"KeyId":"nobody"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ __type: "NotFoundException", message: "Key 'nobody' does not exist" });
  });

  it("names the older error code for services that once spoke Query", async () => {
    const body = JSON.stringify({ AlarmName: "nobody", StateValue: "OK", StateReason: "r" });
    const response = await json("GraniteServiceVersion20100801.SetAlarmState", "monitoring", body);
    expect(response.headers.get("x-amzn-query-error")).toBe("ResourceNotFound;Sender");
    expect(await response.json()).toMatchObject({ __type: "com.amazonaws.cloudwatch#ResourceNotFound" });
  });

  it("unpacks compressed bodies", async () => {
    const response = await json("TrentService.GenerateRandom", "kms", gzipSync('{"NumberOfBytes":8}'), {
      "content-encoding": "gzip",
    });
    const { Plaintext } = (await response.json()) as { Plaintext: string };
    expect(Buffer.from(Plaintext, "base64")).toHaveLength(8);
  });

  it.each([
    ["{", "SerializationException"],
    ["[]", "SerializationException"],
    ['{"Nobody":1}', "ValidationException"],
    ['{"KeyId":5}', "SerializationException"],
    ['{"KeyId":"k","Plaintext":"%"}', "SerializationException"],
  ])("refuses the body %s", async (body, type) => {
    const response = await json("TrentService.Encrypt", "kms", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: type });
  });

  it("names what is not supported", async () => {
    const unknown = await json("TrentService.Sign", "kms", "{}");
    expect(await unknown.json()).toEqual({
      __type: "UnknownOperationException",
      message: "kms: the service does not support the operation 'Sign' in the local cloud",
    });
    const service = await json("AmazonEC2.Run", "ec2", "{}");
    expect(service.status).toBe(404);
    expect(await service.text()).toContain("AmazonEC2");
  });

  it("refuses a request without a signature", async () => {
    const response = await post("/", { "x-amz-target": "TrentService.ListKeys" }, "{}");
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });
});

describe("CBOR protocol", () => {
  const cbor = (operation: string, input: object) =>
    post(
      `/service/GraniteServiceVersion20100801/operation/${operation}`,
      { ...authorization("monitoring"), "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
      encodeCbor(input),
    );

  it("carries numbers, text and dates both ways", async () => {
    const Timestamp = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const MetricData = [{ MetricName: "m", Value: 1.5, Timestamp }];
    expect((await cbor("PutMetricData", { Namespace: "Cbor", MetricData })).status).toBe(200);
    const response = await cbor("GetMetricStatistics", {
      Namespace: "Cbor",
      MetricName: "m",
      StartTime: Timestamp,
      EndTime: new Date(Timestamp.getTime() + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    });
    expect(response.headers.get("smithy-protocol")).toBe("rpc-v2-cbor");
    expect(decodeCbor(new Uint8Array(await response.arrayBuffer()))).toEqual({
      Label: "m",
      Datapoints: [{ Timestamp, Sum: 1.5, Unit: "None" }],
    });
  });

  it("tells errors", async () => {
    const response = await cbor("DeleteDashboards", { DashboardNames: ["nobody"] });
    expect(response.status).toBe(404);
    expect(decodeCbor(new Uint8Array(await response.arrayBuffer()))).toMatchObject({
      __type: "com.amazonaws.cloudwatch#DashboardNotFoundError",
    });
  });
});

describe("Query protocol", () => {
  const form = (service: string, body: string) =>
    post("/", { ...authorization(service), "content-type": "application/x-www-form-urlencoded" }, body);

  it("answers in XML", async () => {
    const response = await form("sts", "Action=GetCallerIdentity&Version=2011-06-15");
    expect(response.headers.get("content-type")).toBe("text/xml");
    expect(await response.text()).toContain("<GetCallerIdentityResult><UserId>local</UserId>");
  });

  it("tells errors in XML, also for CloudWatch", async () => {
    const response = await form(
      "monitoring",
      "Action=PutMetricData&Namespace=AWS%2FX&MetricData.member.1.MetricName=m&MetricData.member.1.Value=1",
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>InvalidParameterValue</Code>");
  });
});

describe("REST-JSON protocol", () => {
  it("binds members to path, headers and body", async () => {
    const response = await post("/2015-03-31/functions/f/invocations", authorization("lambda"), "{}");
    expect(response.status).toBe(200);
    expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await response.text()).toBe("{}");
  });

  it("tells errors by header and body", async () => {
    const response = await post("/2015-03-31/functions/%20/invocations", authorization("lambda"), "{}");
    expect(response.status).toBe(400);
    expect(response.headers.get("x-amzn-errortype")).toBe("ValidationException");
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("'functionName'") });
  });
});

describe("/_local/", () => {
  it("answers without a signature, and says when nothing is there", async () => {
    const response = await fetch(`${cloud.endpoint}/_local/nothing`);
    expect(response.status).toBe(404);
  });
});
