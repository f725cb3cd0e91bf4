import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIam } from "../../local/services/iam/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

let cloud: StartedCloud;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startCloud({ factories: [createIam] });
  iam = new IAMClient(cloud.clientConfig);
});
afterAll(async () => {
  await cloud.stop();
});

describe("IAM", () => {
  it("keeps roles with path, tags and trust policy", async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "contract-role",
        Path: "/contract/",
        AssumeRolePolicyDocument: trust,
        Tags: [{ Key: "a", Value: "b" }],
      }),
    );
    expect(Role?.Arn).toMatch(/:role\/contract\/contract-role$/);
    const read = await iam.send(new GetRoleCommand({ RoleName: "contract-role" }));
    expect(decodeURIComponent(read.Role?.AssumeRolePolicyDocument ?? "")).toBe(trust);
    expect(read.Role?.Tags).toEqual([{ Key: "a", Value: "b" }]);
    expect(read.Role?.CreateDate).toBeInstanceOf(Date);
    const listed = await iam.send(new ListRolesCommand({ PathPrefix: "/contract/" }));
    expect(listed.Roles?.map((role) => role.RoleName)).toEqual(["contract-role"]);
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: "contract-role", AssumeRolePolicyDocument: trust })),
    ).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
    await iam.send(new DeleteRoleCommand({ RoleName: "contract-role" }));
    await expect(iam.send(new GetRoleCommand({ RoleName: "contract-role" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("keeps inline and managed policies, and a role with policies cannot be deleted", async () => {
    const RoleName = "contract-policies";
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: document }));
    const inline = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "inline" }));
    expect(decodeURIComponent(inline.PolicyDocument ?? "")).toBe(document);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: "contract-managed", PolicyDocument: document }),
    );
    const PolicyArn = Policy?.Arn;
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([
      { PolicyName: "contract-managed", PolicyArn },
    ]);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(["inline"]);
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(version.PolicyVersion).toMatchObject({ IsDefaultVersion: true, Document: expect.any(String) });
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "inline" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  });

  it("refuses a document that is not JSON", async () => {
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: "contract-bad", AssumeRolePolicyDocument: "{" })),
    ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
  });
});
