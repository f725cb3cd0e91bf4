import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIam } from "../../local/services/iam/index.ts";
import { createSts } from "../../local/services/sts/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let sts: STSClient;

beforeAll(async () => {
  cloud = await startCloud({ factories: [createIam, createSts] });
  sts = new STSClient(cloud.clientConfig);
});
afterAll(async () => {
  await cloud.stop();
});

describe("STS", () => {
  it("tells who calls", async () => {
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toContain(`:${identity.Account}:`);
    expect(identity.UserId).toBeTruthy();
  });

  it("gives keys that act as a role", async () => {
    const iam = new IAMClient(cloud.clientConfig);
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "sts-contract",
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
      }),
    );
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "session" }),
    );
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now());
    const asRole = new STSClient({
      ...cloud.clientConfig,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      },
    });
    const identity = await asRole.send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(AssumedRoleUser?.Arn);
    expect(identity.Arn).toMatch(/:assumed-role\/sts-contract\/session$/);
  });

  it("refuses a role that does not exist and a bad session name", async () => {
    const RoleArn = "arn:aws:iam::000000000000:role/nobody-here";
    await expect(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "session" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "x" }))).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining(
        "'roleSessionName' failed to satisfy constraint: Member must have length greater",
      ),
    });
  });
});
