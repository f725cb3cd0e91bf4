import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localEnvironment } from "../../cli/support/local-cloud.ts";
import { openSession, type Session } from "../../cli/support/session.ts";
import { deployAssembly, destroyStack } from "../../local/deployer/index.ts";
import type { Template } from "../../local/deployer/template.ts";
import { putAndWait, settle } from "../e2e/support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "../e2e/support/tabular.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";
import { leftovers } from "./support/leftovers.ts";
import { STATEFUL_TYPES } from "./support/stateful-changes.ts";
import { printSummary } from "./support/summary.ts";
import { synthesizeStage } from "./support/synthesize.ts";

const MODEL = "small";
const STACK = "mlops-dev";

let cloud: StartedCloud;
let session: Session;
let first: ReturnType<typeof withRounds>;

function withRounds(rounds: number) {
  const definition = smallModel(MODEL).replace("num_round: 20", `num_round: ${rounds}`);
  return synthesizeStage("dev", { models: modelsDirectory({ [MODEL]: definition }) });
}

/** A copy of an assembly whose template is changed. */
function changed(directory: string, change: (template: Template) => Template): string {
  const copy = mkdtempSync(join(tmpdir(), "mlops-changed-"));
  cpSync(directory, copy, { recursive: true });
  const file = join(copy, `${STACK}.template.json`);
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as Template)));
  return copy;
}

function catalogId(template: Template): string {
  const [id] = Object.entries(template.Resources).find(([, item]) => item.Type === "Custom::ModelCatalog") ?? [];
  if (id === undefined) throw new Error("the template has no catalog");
  return id;
}

async function status(): Promise<string | undefined> {
  const client = new CloudFormationClient(cloud.clientConfig);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: STACK }));
  return Stacks?.[0]?.StackStatus;
}

async function rounds(): Promise<unknown> {
  const published = await session.registry.getDefinition(MODEL);
  return published?.definition.training.hyperparameters["num_round"];
}

async function statefulIds(): Promise<string[]> {
  const resources = await cloud.cloud.call("cloudformation", "DescribeStackResources", { StackName: STACK });
  return (resources["StackResources"] as { ResourceType: string; PhysicalResourceId: string }[])
    .filter((item) => STATEFUL_TYPES.has(item.ResourceType))
    .map((item) => item.PhysicalResourceId)
    .sort();
}

beforeAll(async () => {
  cloud = await startCloud();
  first = withRounds(20);
  Object.assign(process.env, localEnvironment({ endpoint: cloud.endpoint, region: cloud.cloud.region }));
});
afterAll(() => cloud?.stop());

describe("the life of a stack", () => {
  let champion: number | null;
  let ids: string[];

  it("is created, and serves a model after the first upload", async () => {
    await deployAssembly(cloud.cloud, first.directory);
    expect(await status()).toBe("CREATE_COMPLETE");
    session = await openSession({ stage: "dev", quiet: true });
    await putAndWait(session, MODEL, "a.csv", smallCsv(1500, 1));
    const [run] = await settle(session, MODEL, 1);
    expect(run?.outcome).toBe("succeeded");
    champion = (await session.registry.getHead(MODEL)).champion;
    expect(champion).toBe(1);
    ids = await statefulIds();
    expect(ids.length).toBeGreaterThan(20);
  });

  it("takes a changed model definition in an update, keeps every stateful resource and what serves", async () => {
    await deployAssembly(cloud.cloud, withRounds(21).directory);
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await rounds()).toBe(21);
    expect(await statefulIds()).toEqual(ids);
    expect((await session.registry.getHead(MODEL)).champion).toBe(champion);
  });

  it("goes back to the former definition when a resource after the catalog fails", async () => {
    const { directory } = withRounds(22);
    const broken = changed(directory, (template) => ({
      ...template,
      Resources: {
        ...template.Resources,
        Broken: {
          Type: "AWS::IAM::Role",
          DependsOn: [catalogId(template)],
          Properties: { AssumeRolePolicyDocument: "not a policy" },
        },
      },
    }));
    await expect(deployAssembly(cloud.cloud, broken)).rejects.toThrow(/AWS::IAM::Role 'Broken'/);
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await rounds()).toBe(21);
    expect(await statefulIds()).toEqual(ids);
  });

  it("planted defect: a state machine with a Next to nowhere is refused, and the update rolled back", async () => {
    const nowhere = changed(first.directory, (template) => {
      const text = JSON.stringify(template);
      const planted = text.replace(/(\\\\\\"Next\\\\\\":\\\\\\"|\\"Next\\":\\")[A-Za-z]/, (match) => `${match}Nowhere`);
      expect(planted).not.toBe(text);
      return JSON.parse(planted) as Template;
    });
    await expect(deployAssembly(cloud.cloud, nowhere)).rejects.toThrow(
      /AWS::StepFunctions::StateMachine[\s\S]*Nowhere/,
    );
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await rounds()).toBe(21);
  });

  it("can be updated again after that", async () => {
    await deployAssembly(cloud.cloud, withRounds(23).directory);
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await rounds()).toBe(23);
  });

  it("leaves nothing running when it is destroyed", async () => {
    const before = await leftovers(cloud.cloud);
    for (const kind of ["endpoint", "model", "alarm", "function", "rule"]) {
      expect(before.filter((item) => item.startsWith(`${kind} `)).length, kind).toBeGreaterThan(0);
    }
    await destroyStack(cloud.cloud, STACK);
    expect(await leftovers(cloud.cloud)).toEqual([]);
    printSummary("CloudFormation life cycle proof", {
      deployments: 3,
      "failed updates rolled back": 2,
      "resources gone after destroy": before.length,
      "resources left": 0,
    });
  });
});
