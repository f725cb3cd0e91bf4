import { describe, expect, it } from "vitest";
import type { Caller } from "../../../local/iam/caller.ts";
import { type AccessRequest, evaluate, type NamedPolicy } from "../../../local/iam/evaluate.ts";
import { parsePolicy } from "../../../local/iam/parse-policy.ts";
import type { ContextValue } from "../../../local/iam/policy.ts";

const role: Caller = {
  kind: "role",
  roleName: "gate",
  roleArn: "arn:aws:iam::000000000000:role/gate",
  sessionArn: "arn:aws:sts::000000000000:assumed-role/gate/session",
  accountId: "000000000000",
};
const eventBridge: Caller = { kind: "service", name: "events.amazonaws.com", accountId: "000000000000" };
const object = "arn:aws:s3:::data/birds/reports/gate/r1.json";

function policy(kind: NamedPolicy["kind"], ...statements: object[]): NamedPolicy {
  return { kind, name: kind, policy: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })) };
}

function decide(
  policies: NamedPolicy[],
  request: Partial<AccessRequest> & { keys?: Record<string, ContextValue> } = {},
) {
  const context = new Map(Object.entries(request.keys ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  return evaluate({ caller: role, action: "s3:GetObject", resource: object, context, ...request }, policies);
}

const allowed = (...parameters: Parameters<typeof decide>): boolean => decide(...parameters).allowed;
const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*/reports/*" };

describe("a decision", () => {
  it("is a refusal when no policy speaks about the request", () => {
    expect(decide([])).toEqual({ allowed: false, explicit: undefined, missing: "identity" });
    expect(allowed([policy("identity", read)], { action: "s3:PutObject" })).toBe(false);
    expect(allowed([policy("identity", read)], { resource: "arn:aws:s3:::other/birds/reports/x" })).toBe(false);
  });

  it("names the statement that allows", () => {
    expect(decide([policy("identity", { ...read, Sid: "Read" })])).toEqual({
      allowed: true,
      matches: [
        { kind: "identity", policy: "identity", statement: "Read", action: "s3:GetObject", resource: read.Resource },
      ],
    });
  });

  it("lets an explicit deny win, wherever it stands", () => {
    const deny = { Effect: "Deny", Action: "s3:*", Resource: "*" };
    expect(decide([policy("identity", read, deny)])).toMatchObject({ explicit: { kind: "identity" } });
    const bucketPolicy = policy("resource", { ...deny, Principal: "*" });
    expect(decide([policy("identity", read), bucketPolicy])).toMatchObject({ explicit: { kind: "resource" } });
    const ofAccount = policy("resource", { ...deny, Principal: { AWS: "arn:aws:iam::000000000000:root" } });
    expect(allowed([policy("identity", read), ofAccount])).toBe(false);
  });

  it("takes the resource's own policy for enough within the account, but not when it names the account only", () => {
    const grant = (Principal: unknown) => policy("resource", { ...read, Principal });
    expect(allowed([grant({ AWS: role.roleArn })])).toBe(true);
    expect(allowed([grant({ AWS: role.sessionArn })])).toBe(true);
    expect(allowed([grant("*")])).toBe(true);
    expect(allowed([grant({ AWS: "arn:aws:iam::000000000000:root" })])).toBe(false);
    expect(allowed([grant({ AWS: "000000000000" }), policy("identity", read)])).toBe(true);
    expect(allowed([grant({ AWS: "arn:aws:iam::000000000000:role/other" })])).toBe(false);
    expect(allowed([grant({ Service: "lambda.amazonaws.com" })])).toBe(false);
  });

  it("keeps a role within its boundary", () => {
    const write = { Effect: "Allow", Action: "s3:PutObject", Resource: "*" };
    expect(decide([policy("identity", read), policy("boundary", write)])).toMatchObject({ missing: "boundary" });
    expect(allowed([policy("identity", read), policy("boundary", read)])).toBe(true);
    expect(allowed([policy("boundary", read)])).toBe(false);
  });

  it("asks a key's own policy before the policies of the account count", () => {
    const key = "arn:aws:kms:us-east-1:000000000000:key/k";
    const request = { action: "kms:Decrypt", resource: key };
    const identity = policy("identity", { Effect: "Allow", Action: "kms:Decrypt", Resource: key });
    const root = { AWS: "arn:aws:iam::000000000000:root" };
    const keyPolicy = (Principal: unknown): NamedPolicy => ({
      ...policy("resource", { Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }),
      isKeyPolicy: true,
    });
    expect(allowed([identity, keyPolicy(root)], request)).toBe(true);
    expect(allowed([identity, keyPolicy({ AWS: "arn:aws:iam::000000000000:role/other" })], request)).toBe(false);
  });

  it("gives a service only what the resource's policy gives it, for the source it acts for", () => {
    const queue = "arn:aws:sqs:us-east-1:000000000000:uploads";
    const rule = "arn:aws:events:us-east-1:000000000000:rule/uploads";
    const send = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queue,
      Condition: { ArnEquals: { "aws:SourceArn": rule } },
    };
    const request = { caller: eventBridge, action: "sqs:SendMessage", resource: queue };
    expect(allowed([policy("resource", send)], { ...request, keys: { "aws:SourceArn": rule } })).toBe(true);
    expect(allowed([policy("resource", send)], { ...request, keys: { "aws:SourceArn": `${rule}2` } })).toBe(false);
    expect(decide([], request)).toMatchObject({ missing: "resource" });
  });
});

describe("actions and resources", () => {
  it.each([
    ["S3:getobject", true],
    ["s3:Get*", true],
    ["s3:G?tObject", true],
    ["*", true],
    ["s3:GetObjectVersion", false],
    ["s3:Put*", false],
  ])("the action %s matches s3:GetObject: %s", (Action, expected) => {
    expect(allowed([policy("identity", { Effect: "Allow", Action, Resource: "*" })])).toBe(expected);
  });

  it.each([
    ["arn:aws:s3:::data/*", true],
    ["arn:aws:s3:::data/*/r1.json", true],
    ["arn:aws:s3:::d?ta/birds/reports/gate/r1.json", true],
    ["arn:aws:s3:::DATA/*", false],
    ["arn:*", false],
    ["arn:aws:s3:*:*:data/*", true],
    ["arn:aws:sqs:::data/*", false],
  ])("the resource %s matches an object: %s", (Resource, expected) => {
    expect(allowed([policy("identity", { Effect: "Allow", Action: "s3:GetObject", Resource })])).toBe(expected);
  });

  it("holds NotAction and NotResource for everything else", () => {
    const but = (statement: object) => allowed([policy("identity", { Effect: "Allow", ...statement })]);
    expect(but({ NotAction: "s3:PutObject", Resource: "*" })).toBe(true);
    expect(but({ NotAction: ["s3:Get*"], Resource: "*" })).toBe(false);
    expect(but({ Action: "s3:*", NotResource: "arn:aws:s3:::data/*" })).toBe(false);
    expect(but({ Action: "s3:*", NotResource: "arn:aws:s3:::other/*" })).toBe(true);
  });

  it("replaces policy variables by single values, never by patterns", () => {
    const own = { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::data/\${aws:PrincipalTag/model}/*` };
    expect(allowed([policy("identity", own)], { keys: { "aws:PrincipalTag/model": "birds" } })).toBe(true);
    expect(allowed([policy("identity", own)], { keys: { "aws:PrincipalTag/model": "*" } })).toBe(false);
    expect(allowed([policy("identity", own)])).toBe(false);
    const fallback = { ...own, Resource: `arn:aws:s3:::data/\${aws:PrincipalTag/model, 'birds'}/*` };
    expect(allowed([policy("identity", fallback)])).toBe(true);
    const star = { ...own, Resource: `arn:aws:s3:::data/\${*}/x` };
    expect(allowed([policy("identity", star)], { resource: "arn:aws:s3:::data/*/x" })).toBe(true);
    expect(allowed([policy("identity", star)], { resource: "arn:aws:s3:::data/a/x" })).toBe(false);
  });
});
