import { afterEach, describe, expect, it } from "vitest";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

const clouds: TestCloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.stop();
});

async function make(...args: Parameters<typeof createTestCloud>): Promise<TestCloud> {
  const cloud = await createTestCloud(...args);
  clouds.push(cloud);
  return cloud;
}

describe("cloud.call", () => {
  it("validates inputs and passes the principal", async () => {
    const seen: unknown[] = [];
    const { cloud } = await make({
      services: [
        {
          id: "kms",
          operations: {
            CreateAlias: (input, context) => {
              seen.push(input, context.principal.arn);
              return {};
            },
          },
        },
      ],
    });
    await cloud.call("kms", "CreateAlias", { AliasName: "alias/a", TargetKeyId: "k" }, { arn: "role" });
    expect(seen).toEqual([{ AliasName: "alias/a", TargetKeyId: "k" }, "role"]);
    await expect(cloud.call("kms", "CreateAlias", { AliasName: "alias/a" })).rejects.toThrow("at 'targetKeyId'");
  });

  it("names an operation that is not implemented and a service that does not run", async () => {
    const { cloud } = await make({ services: [{ id: "kms", operations: {} }] });
    await expect(cloud.call("kms", "ListKeys", {})).rejects.toThrow("'ListKeys'");
    await expect(cloud.call("sqs", "ListQueues", {})).rejects.toThrow("sqs: the service is not running");
  });

  it("turns a fault of a service into InternalFailure and keeps its cause", async () => {
    const fault = new TypeError("broken");
    const operations = {
      ListKeys: () => {
        throw fault;
      },
    };
    const { cloud } = await make({ services: [{ id: "kms", operations }] });
    const error = await cloud.call("kms", "ListKeys", {}).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ code: "InternalFailure", statusCode: 500, cause: fault });
  });
});

describe("cloud", () => {
  it("fills in what an event of a service needs", async () => {
    const { cloud, published } = await make({ services: [], now: () => Date.parse("2026-01-02T03:04:05.678Z") });
    cloud.publish({ source: "aws.s3", detailType: "Object Created", detail: { a: 1 } });
    expect(published).toMatchObject([
      {
        version: "0",
        source: "aws.s3",
        "detail-type": "Object Created",
        account: "000000000000",
        region: "us-east-1",
        time: "2026-01-02T03:04:05Z",
        resources: [],
        detail: { a: 1 },
      },
    ]);
  });

  it("keeps tables over a restart", async () => {
    const { stateDirectory, cloud } = await make({ services: [] });
    cloud.table<number>("kms", "things").set("a", 1);
    const second = await make({ services: [], stateDirectory });
    expect(second.cloud.table<number>("kms", "things").get("a")).toBe(1);
  });
});
