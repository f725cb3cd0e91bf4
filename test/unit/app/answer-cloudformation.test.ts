import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { CloudFormationCustomResourceCreateEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerCloudFormation } from "../../../lambdas/catalog/answer-cloudformation.ts";

let server: Server;
let status = 200;
let received: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer(async (request, response) => {
    received.push({ method: request.method, headers: request.headers, body: await text(request) });
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(() => {
  server.close();
});

function event(): CloudFormationCustomResourceCreateEvent {
  return {
    RequestType: "Create",
    ServiceToken: "arn",
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=x`,
    StackId: "stack",
    RequestId: "request",
    LogicalResourceId: "Catalog",
    ResourceType: "Custom::ModelCatalog",
    ResourceProperties: { ServiceToken: "arn" },
  };
}

describe("answerCloudFormation", () => {
  it("puts the answer without a content type, and a long reason cut", async () => {
    await answerCloudFormation(event(), { Status: "FAILED", PhysicalResourceId: "id", Reason: "ü".repeat(3_000) });
    const [{ method, headers, body } = { method: "", headers: {}, body: "{}" }] = received;
    expect([method, headers["content-type"]]).toEqual(["PUT", ""]);
    expect(JSON.parse(body)).toEqual({
      StackId: "stack",
      RequestId: "request",
      LogicalResourceId: "Catalog",
      Status: "FAILED",
      PhysicalResourceId: "id",
      Reason: "ü".repeat(2_000),
    });
  });

  it("tells that CloudFormation refused the answer or was not there", async () => {
    const answer = { Status: "SUCCESS", PhysicalResourceId: "id" } as const;
    status = 403;
    await expect(answerCloudFormation(event(), answer)).rejects.toMatchObject({
      code: "cloud.unavailable",
      message: expect.stringContaining("status 403"),
    });
    const gone = event();
    await new Promise((done) => server.close(done));
    await expect(answerCloudFormation(gone, answer)).rejects.toMatchObject({
      code: "cloud.unavailable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});
