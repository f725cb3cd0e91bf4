import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { diagnose } from "../../cli/commands/doctor.ts";
import type { Check } from "../../cli/doctor/check.ts";
import { checkNode, checkPython } from "../../cli/doctor/machine.ts";
import { neededQuotas } from "../../cli/doctor/needed-quotas.ts";
import { readDefinitions } from "../../lib/catalog-asset.ts";
import { modelsDirectory, smallModel } from "../e2e/support/tabular.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

const MODELS = modelsDirectory({ small: smallModel("small") });

/** A small endpoint that answers by operation, in the JSON protocol; STS speaks XML. */
interface FakeAws {
  readonly endpoint: string;
  stop(): Promise<void>;
}
type Answers = Readonly<Record<string, { status?: number; body: object }>>;

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const INVALID = `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`;

function operationOf(request: IncomingMessage): string {
  const target = request.headers["x-amz-target"];
  return typeof target === "string" ? (target.split(".").at(-1) ?? "") : "GetCallerIdentity";
}

async function fakeAws(
  answers: Answers,
  identity: { status: number; xml: string } = { status: 200, xml: IDENTITY },
): Promise<FakeAws> {
  const server: Server = createServer((request, response) => {
    request.resume().on("end", () => {
      const operation = operationOf(request);
      if (operation === "GetCallerIdentity") {
        response.writeHead(identity.status, { "Content-Type": "text/xml" }).end(identity.xml);
        return;
      }
      const answer = answers[operation] ?? { status: 400, body: { __type: "AccessDeniedException", message: "no" } };
      response
        .writeHead(answer.status ?? 200, { "Content-Type": "application/x-amz-json-1.1" })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

function pointAt(endpoint: string, region = "us-east-1"): void {
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  vi.stubEnv("AWS_REGION", region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
}

async function against(answers: Answers, identity?: { status: number; xml: string }): Promise<Check[]> {
  const aws = await fakeAws(answers, identity);
  try {
    pointAt(aws.endpoint);
    return await diagnose({ stage: "dev", models: MODELS });
  } finally {
    await aws.stop();
  }
}

const quota = (QuotaName: string, QuotaCode: string, Value: number) => ({ QuotaName, QuotaCode, Value });
const ENOUGH = [
  quota("ml.m5.large for endpoint usage", "L-614B09FD", 20),
  quota("ml.m5.large for spot training job usage", "L-29688C85", 20),
  quota("ml.m5.large for training job usage", "L-611FA074", 20),
  quota("ml.m5.large for transform job usage", "L-236AE59F", 20),
];
const HEALTHY: Answers = {
  GetParameter: { body: { Parameter: { Name: "/cdk-bootstrap/hnb659fds/version", Value: "28" } } },
  ListAWSDefaultServiceQuotas: { body: { Quotas: ENOUGH.map((item) => ({ ...item, Value: 0 })) } },
  ListServiceQuotas: { body: { Quotas: ENOUGH } },
};
const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

afterEach(() => vi.unstubAllEnvs());

describe("mlops doctor", () => {
  it("finds nothing wrong in a prepared account; the account's own quotas count, not AWS's defaults", async () => {
    const checks = await against(HEALTHY);
    expect(checks.filter((check) => check.status === "problem")).toEqual([]);
    expect(named(checks, "credentials")?.found).toContain("123456789012");
    expect(named(checks, "CDK bootstrap")).toMatchObject({ status: "ok", found: "version 28" });
  });

  it("says how to request a quota that is too small, with its code", async () => {
    const none = ENOUGH.map((item) => ({ ...item, Value: 0 }));
    const checks = await against({ ...HEALTHY, ListServiceQuotas: { body: { Quotas: none } } });
    expect(named(checks, "quota ml.m5.large for endpoint usage")).toMatchObject({
      status: "problem",
      found: expect.stringMatching(/^0, \d+ is needed$/),
      advice: expect.stringMatching(/request-service-quota-increase .*--quota-code L-614B09FD --desired-value \d+/),
    });
  });

  it("says that a quota does not exist in the region", async () => {
    const empty = { body: { Quotas: [] } };
    const checks = await against({ ...HEALTHY, ListServiceQuotas: empty, ListAWSDefaultServiceQuotas: empty });
    expect(named(checks, "quota ml.m5.large for endpoint usage")).toMatchObject({ status: "problem" });
  });

  it("says when account and region are not bootstrapped, or with too old a version", async () => {
    const missing = { status: 400, body: { __type: "ParameterNotFound", message: "" } };
    const checks = await against({ ...HEALTHY, GetParameter: missing });
    expect(named(checks, "CDK bootstrap")).toMatchObject({
      status: "problem",
      advice: expect.stringContaining("cdk bootstrap"),
    });
    const old = await against({ ...HEALTHY, GetParameter: { body: { Parameter: { Value: "4" } } } });
    expect(named(old, "CDK bootstrap")).toMatchObject({ status: "problem", found: "version 4, 6 is needed" });
  });

  it("does not check what the credentials may not look at, and names the permission", async () => {
    const checks = await against({});
    expect(named(checks, "CDK bootstrap")).toMatchObject({
      status: "not checked",
      found: expect.stringContaining("ssm:GetParameter"),
    });
    expect(named(checks, "quotas")).toMatchObject({
      status: "not checked",
      found: expect.stringContaining("servicequotas:ListServiceQuotas"),
    });
  });

  it("says that credentials are wrong, and checks nothing with them", async () => {
    const checks = await against(HEALTHY, { status: 403, xml: INVALID });
    expect(named(checks, "credentials")).toMatchObject({
      status: "problem",
      found: expect.stringContaining("InvalidClientTokenId"),
    });
    expect(named(checks, "quotas")?.status).toBe("not checked");
  });

  it("says that a region has no image", async () => {
    const aws = await fakeAws(HEALTHY);
    pointAt(aws.endpoint, "mx-central-1");
    const checks = await diagnose({ stage: "dev" });
    await aws.stop();
    expect(named(checks, "region")).toMatchObject({
      status: "problem",
      advice: expect.stringContaining("eu-central-1"),
    });
  });

  it("names a stage that does not exist, and a directory of models that is wrong", async () => {
    const aws = await fakeAws(HEALTHY);
    pointAt(aws.endpoint);
    const checks = await diagnose({ stage: "nowhere" });
    await aws.stop();
    expect(named(checks, "models")).toMatchObject({ status: "problem", found: "there is no stages/nowhere.yaml" });
  });

  it("knows the machine's Node.js and Python", async () => {
    expect(checkNode("20.19.0").status).toBe("ok");
    expect(checkNode("22.1.0").status).toBe("ok");
    expect(checkNode("20.18.3")).toMatchObject({ status: "problem", advice: expect.stringContaining("20.19") });
    expect((await checkPython({ MLOPS_PYTHON: "/nowhere/python" })).status).toBe("not checked");
  });

  it("counts two fleets for the largest endpoint and two transforms for a run", () => {
    const [definition] = readDefinitions(MODELS);
    if (definition === undefined) throw new Error("there is no model");
    const needs = neededQuotas([definition, definition]);
    expect(needs).toContainEqual({ quotaName: "ml.m5.large for endpoint usage", atLeast: 3, comfortable: 3 });
    expect(needs).toContainEqual({ quotaName: "ml.m5.large for transform job usage", atLeast: 2, comfortable: 4 });
    expect(neededQuotas([])).toEqual([]);
  });
});

describe("mlops doctor on the local cloud", () => {
  let cloud: StartedCloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(() => cloud.stop());

  it("checks what the local cloud has, and names what it lacks", async () => {
    pointAt(cloud.endpoint);
    const checks = await diagnose({ stage: "dev" });
    expect(named(checks, "credentials")?.status).toBe("ok");
    expect(named(checks, "CDK bootstrap")).toMatchObject({
      status: "not checked",
      found: "the local cloud has no service for ssm:GetParameter",
    });
    expect(named(checks, "quotas")).toMatchObject({
      status: "not checked",
      found: "the local cloud has no service for servicequotas:ListServiceQuotas",
    });
    expect(checks.filter((check) => check.status === "problem")).toEqual([]);
  });
});
