import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deployAssembly, destroyStack } from "../../../local/deployer/index.ts";
import { StackStore } from "../../../local/deployer/stack-store.ts";
import type { Template } from "../../../local/deployer/template.ts";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { createIam } from "../../../local/services/iam/index.ts";
import { createKms } from "../../../local/services/kms/index.ts";
import { createLogs } from "../../../local/services/logs/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";
import { writeAssembly } from "./assembly-fixture.ts";

const s3: LocalService = { id: "s3", operations: {} };
const services = [createIam, createKms, createLogs, s3];
let test: TestCloud;

beforeEach(async () => {
  test = await createTestCloud({ services });
});
afterEach(async () => {
  await test.stop();
});

const deploy = (template: Partial<Template>) => deployAssembly(test.cloud, writeAssembly(template));
const groupNames = async (): Promise<string[]> => {
  const { logGroups } = await test.cloud.call("logs", "DescribeLogGroups", {});
  return (logGroups as { logGroupName: string }[]).map((group) => group.logGroupName);
};

const group = (name: string, more: object = {}) => ({
  Type: "AWS::Logs::LogGroup",
  Properties: { LogGroupName: name, ...more },
});
/** Fails when it is created: IAM refuses the document. */
const brokenRole = { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: "no policy" } };

describe("deployAssembly", () => {
  it("creates resources in order and gives the outputs", async () => {
    const { outputs, changed } = await deploy({
      Resources: {
        Alias: { Type: "AWS::KMS::Alias", Properties: { AliasName: "alias/a", TargetKeyId: { Ref: "Key" } } },
        Key: { Type: "AWS::KMS::Key", Properties: { EnableKeyRotation: "true" } },
        Group: {
          Type: "AWS::Logs::LogGroup",
          Properties: { RetentionInDays: "7", KmsKeyId: { "Fn::GetAtt": ["Key", "Arn"] } },
        },
      },
      Outputs: {
        KeyArn: { Value: { "Fn::GetAtt": ["Key", "Arn"] } },
        GroupName: { Value: { Ref: "Group" } },
      },
    });
    expect(changed).toBe(true);
    expect(outputs["GroupName"]).toMatch(/^test-Group-[A-Z0-9]{12}$/);
    const { KeyMetadata } = await test.cloud.call("kms", "DescribeKey", { KeyId: "alias/a" });
    expect(outputs["KeyArn"]).toBe(KeyMetadata.Arn);
    const { logGroups } = await test.cloud.call("logs", "DescribeLogGroups", {});
    expect(logGroups).toMatchObject([{ retentionInDays: 7, kmsKeyId: KeyMetadata.Arn }]);
  });

  it("does nothing for an assembly that is deployed already, also after a restart", async () => {
    const directory = writeAssembly({ Resources: { G: group("g") } });
    await deployAssembly(test.cloud, directory);
    expect((await deployAssembly(test.cloud, directory)).changed).toBe(false);
    const again = await createTestCloud({ services, stateDirectory: test.stateDirectory });
    expect((await deployAssembly(again.cloud, directory)).changed).toBe(false);
    await again.stop();
  });

  it("refuses unsupported types and properties before anything is created", async () => {
    const attempt = deploy({
      Resources: {
        G: group("g"),
        Vpc: { Type: "AWS::EC2::VPC" },
        Odd: group("o", { FieldIndexPolicies: [] }),
      },
    });
    await expect(attempt).rejects.toThrow(
      /AWS::EC2::VPC 'Vpc'[\s\S]*AWS::Logs::LogGroup 'Odd': the property FieldIndexPolicies/,
    );
    expect(await groupNames()).toEqual([]);
  });

  it("skips resources and outputs whose condition is false", async () => {
    const { outputs } = await deploy({
      Conditions: { Never: { "Fn::Equals": ["a", "b"] } },
      Resources: { A: group("a"), B: { ...group("b"), Condition: "Never" } },
      Outputs: { A: { Value: { Ref: "A" } }, B: { Value: { Ref: "B" }, Condition: "Never" } },
    });
    expect(await groupNames()).toEqual(["a"]);
    expect(outputs).toEqual({ A: "a" });
  });

  it("updates what changed, deletes what left, replaces what was renamed", async () => {
    await deploy({ Resources: { Kept: group("kept"), Gone: group("gone"), Renamed: group("old") } });
    await deploy({ Resources: { Kept: group("kept", { RetentionInDays: 3 }), Renamed: group("new") } });
    const { logGroups } = await test.cloud.call("logs", "DescribeLogGroups", {});
    expect(logGroups).toMatchObject([{ logGroupName: "kept", retentionInDays: 3 }, { logGroupName: "new" }]);
  });

  it("keeps resources with the policy Retain", async () => {
    await deploy({ Resources: { A: { ...group("a"), DeletionPolicy: "Retain" }, B: group("b") } });
    await destroyStack(test.cloud, "test");
    expect(await groupNames()).toEqual(["a"]);
  });

  it("rolls a failed creation back, tells why, and can be deployed again", async () => {
    const attempt = deploy({ Resources: { G: group("g"), Role: { ...brokenRole, DependsOn: "G" } } });
    await expect(attempt).rejects.toThrow(/stack 'test' failed and was rolled back: AWS::IAM::Role 'Role': .*policy/);
    expect(await groupNames()).toEqual([]);
    const store = new StackStore(test.cloud);
    const stack = store.find("test");
    expect(stack?.status).toBe("ROLLBACK_COMPLETE");
    expect(store.events(stack?.stackId ?? "").map((event) => `${event.logicalId} ${event.status}`)).toEqual([
      "test ROLLBACK_COMPLETE",
      "G DELETE_COMPLETE",
      "G DELETE_IN_PROGRESS",
      "Role DELETE_COMPLETE",
      "Role DELETE_IN_PROGRESS",
      "test ROLLBACK_IN_PROGRESS",
      "Role CREATE_FAILED",
      "Role CREATE_IN_PROGRESS",
      "G CREATE_COMPLETE",
      // The second one tells that the resource exists: "Resource creation Initiated".
      "G CREATE_IN_PROGRESS",
      "G CREATE_IN_PROGRESS",
      "test CREATE_IN_PROGRESS",
    ]);
    await deploy({ Resources: { G: group("g") } });
    expect(await groupNames()).toEqual(["g"]);
  });

  it("rolls a failed update back to what was deployed before", async () => {
    await deploy({ Resources: { A: group("a", { RetentionInDays: 1 }), B: group("b") } });
    const attempt = deploy({
      Resources: {
        A: group("a", { RetentionInDays: 3 }),
        B: group("b2"),
        C: group("c"),
        Role: { ...brokenRole, DependsOn: ["A", "B", "C"] },
      },
    });
    await expect(attempt).rejects.toThrow("rolled back");
    const { logGroups } = await test.cloud.call("logs", "DescribeLogGroups", {});
    expect(logGroups).toMatchObject([{ logGroupName: "a", retentionInDays: 1 }, { logGroupName: "b" }]);
    expect(logGroups).toHaveLength(2);
    expect(new StackStore(test.cloud).find("test")?.status).toBe("UPDATE_ROLLBACK_COMPLETE");
  });

  it("restores what others depend on first when it rolls back, and deletes what is new last", async () => {
    const logs: LocalService = {
      id: "logs",
      operations: {
        CreateLogGroup: () => ({}),
        DeleteLogGroup: () => ({}),
        DeleteRetentionPolicy: () => ({}),
        // What the others depend on takes longest.
        PutRetentionPolicy: (input: { logGroupName: string }) =>
          new Promise((done) => setTimeout(() => done({}), input.logGroupName === "a" ? 20 : 0)),
      },
    };
    const other = await createTestCloud({ services: [createIam, logs, s3] });
    const template = (retention: number, more: object = {}): Partial<Template> => ({
      Resources: {
        C: { ...group("c", { RetentionInDays: retention }), DependsOn: "Unchanged" },
        Unchanged: { ...group("u"), DependsOn: "A" },
        A: group("a", { RetentionInDays: retention }),
        ...more,
      },
    });
    await deployAssembly(other.cloud, writeAssembly(template(1)));
    const steps: string[] = [];
    const changed = template(3, { New: group("new"), Role: { ...brokenRole, DependsOn: ["C", "New"] } });
    const attempt = deployAssembly(other.cloud, writeAssembly(changed), {
      onProgress: ({ logicalId, status }) => steps.push(`${logicalId} ${status}`),
    });
    await expect(attempt).rejects.toThrow("rolled back");
    expect(steps.slice(steps.indexOf("Role CREATE_FAILED") + 1)).toEqual([
      "A UPDATE_COMPLETE",
      "C UPDATE_COMPLETE",
      "Role DELETE_IN_PROGRESS",
      "Role DELETE_COMPLETE",
      "New DELETE_IN_PROGRESS",
      "New DELETE_COMPLETE",
    ]);
    await other.stop();
  });

  it("continues a deployment that the end of the process cut off", async () => {
    const store = new StackStore(test.cloud);
    const directory = writeAssembly({ Resources: { A: group("a"), B: group("b", { RetentionInDays: 5 }) } });
    await deployAssembly(test.cloud, directory);
    const stack = store.find("test");
    const record = store.resource(stack?.stackId ?? "", "B");
    if (!stack || !record) throw new Error("the stack was not recorded");
    // As the records are when the process dies after the log group was made, before its retention was set.
    const { deployedHash: _, ...unfinished } = stack;
    store.putStack({ ...unfinished, status: "CREATE_IN_PROGRESS" });
    const { physicalId: __, ...begun } = record;
    store.putResource(stack, { ...begun, status: "CREATE_IN_PROGRESS", properties: {}, attributes: {} });
    await test.cloud.call("logs", "DeleteRetentionPolicy", { logGroupName: "b" });

    expect((await deployAssembly(test.cloud, directory)).changed).toBe(true);
    const { logGroups } = await test.cloud.call("logs", "DescribeLogGroups", {});
    expect(logGroups).toMatchObject([{ logGroupName: "a" }, { logGroupName: "b", retentionInDays: 5 }]);
    expect(store.find("test")?.status).toBe("CREATE_COMPLETE");
  });

  it("says what stands in the way of deleting a stack, and can try again", async () => {
    let locked = true;
    const logs: LocalService = {
      id: "logs",
      operations: {
        CreateLogGroup: () => ({}),
        DeleteRetentionPolicy: () => ({}),
        DeleteLogGroup: () => {
          if (locked) throw new AwsError("OperationAbortedException", 400, "still in use");
          return {};
        },
      },
    };
    const other = await createTestCloud({ services: [logs, s3] });
    await deployAssembly(other.cloud, writeAssembly({ Resources: { A: group("a") } }));
    await expect(destroyStack(other.cloud, "test")).rejects.toThrow("'A' could not be deleted: still in use");
    locked = false;
    await destroyStack(other.cloud, "test");
    expect(new StackStore(other.cloud).find("test")).toBeUndefined();
    await other.stop();
  });
});
