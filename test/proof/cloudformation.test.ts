import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, CfnResource, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Template, TemplateResource } from "../../local/deployer/template.ts";
import { lintTemplate } from "./support/cfn-lint.ts";
import { STATEFUL_TYPES, statefulChanges } from "./support/stateful-changes.ts";
import { printSummary } from "./support/summary.ts";
import { type SynthesizedStage, synthesizeStage } from "./support/synthesize.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MODELS = join(ROOT, "models");
/** Every setting that changes the template, at a value that is not its default. */
const EVERYTHING = `schemaVersion: 1
stage: full
retainData: true
alertEmails: [one@example.com, two@example.com]
monitoringEveryMinutes: 60
logRetentionDays: 731
quarantineRetentionDays: 7
`;

const stages = new Map<string, SynthesizedStage>();
const stageOf = (name: string): SynthesizedStage => {
  const stage = stages.get(name);
  if (stage === undefined) throw new Error(`${name} was not synthesized`);
  return stage;
};

beforeAll(() => {
  // Synthesis throws on any finding of CDK's validation, AwsSolutions or NIST 800-53 R5 that is not explained.
  stages.set("dev", synthesizeStage("dev", { models: MODELS, packs: true }));
  stages.set("prod", synthesizeStage("prod", { models: MODELS, packs: true }));
  stages.set("full", synthesizeStage("full", { settings: EVERYTHING, packs: true }));
});

/** A template with one resource changed, in a file. */
function planted(
  template: Template,
  logicalId: string,
  change: (resource: TemplateResource) => TemplateResource,
): string {
  const resource = template.Resources[logicalId];
  if (resource === undefined) throw new Error(`no resource ${logicalId}`);
  const file = join(mkdtempSync(join(tmpdir(), "mlops-planted-")), "planted.template.json");
  writeFileSync(
    file,
    JSON.stringify({ ...template, Resources: { ...template.Resources, [logicalId]: change(resource) } }),
  );
  return file;
}

function idOf(template: Template, type: string): string {
  const [id] = Object.entries(template.Resources).find(([, resource]) => resource.Type === type) ?? [];
  if (id === undefined) throw new Error(`no ${type} in the template`);
  return id;
}

describe("the template of every stage setting", () => {
  it.each(["dev", "prod", "full"])("%s passes cfn-lint", async (name) => {
    expect(await lintTemplate(stageOf(name).templateFile, "us-east-1")).toEqual([]);
  });

  it("passes cfn-lint in a region that lacks the newest features", async () => {
    expect(await lintTemplate(stageOf("prod").templateFile, "eu-central-1")).toEqual([]);
  });

  it("stays far below CloudFormation's limits", () => {
    for (const { template, templateFile } of stages.values()) {
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
      expect(Object.keys(template.Resources).length).toBeLessThan(400);
      expect(readFileSync(templateFile).length).toBeLessThan(800_000);
      expect(Object.keys(template.Outputs ?? {}).length).toBeLessThan(150);
    }
  });

  it("planted defect: a wrong property is found by cfn-lint", async () => {
    const { template } = stageOf("dev");
    const table = idOf(template, "AWS::DynamoDB::Table");
    const file = planted(template, table, (resource) => ({
      ...resource,
      Properties: { ...resource.Properties, BillingModee: "PAY_PER_REQUEST" },
    }));
    expect(await lintTemplate(file, "us-east-1")).toContainEqual(
      expect.objectContaining({ rule: "E3002", path: `Resources/${table}/Properties/BillingModee` }),
    );
  });

  it("planted defect: a wrong property is found by CDK's validation, and synthesis fails", () => {
    const { context } = JSON.parse(readFileSync(join(ROOT, "cdk.json"), "utf8")) as {
      context: Record<string, unknown>;
    };
    const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), "mlops-synth-")) });
    new CfnResource(new Stack(app, "planted"), "Function", {
      type: "AWS::Lambda::Function",
      properties: { Runtime: "nodejs0.x", Handler: 7, Role: "r", Code: {} },
    });
    expect(() => app.synth()).toThrow(/Role: .r. does not match pattern[\s\S]*CloudFormation Validate/);
  });
});

describe("an update from the last release", () => {
  const released = (stage: string) =>
    JSON.parse(readFileSync(join(ROOT, `test/proof/released/mlops-${stage}.template.json`), "utf8")) as Template;

  it.each(["dev", "prod"])("replaces and deletes no bucket, table, queue, topic or log group of %s", (stage) => {
    expect(statefulChanges(released(stage), stageOf(stage).template)).toEqual([]);
  });

  it("planted defect: a changed logical id of the table is named", () => {
    const { template } = stageOf("dev");
    const table = idOf(template, "AWS::DynamoDB::Table");
    const { [table]: resource, ...others } = template.Resources;
    if (resource === undefined) throw new Error("no table");
    const renamed = { ...template, Resources: { ...others, RenamedTable: resource } };
    expect(statefulChanges(released("dev"), renamed)).toEqual([`AWS::DynamoDB::Table '${table}' WILL_DESTROY`]);
  });

  it("planted defect: a changed key of the table is named, a changed time to live is not", () => {
    const { template } = stageOf("dev");
    const table = idOf(template, "AWS::DynamoDB::Table");
    const change = (properties: Record<string, unknown>) =>
      JSON.parse(
        readFileSync(
          planted(template, table, (resource) => ({
            ...resource,
            Properties: { ...resource.Properties, ...properties },
          })),
          "utf8",
        ),
      ) as Template;
    expect(statefulChanges(template, change({ KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] }))).toEqual([
      `AWS::DynamoDB::Table '${table}' WILL_REPLACE (KeySchema)`,
    ]);
    expect(
      statefulChanges(template, change({ TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } })),
    ).toEqual([]);
  });
});

afterAll(() => {
  const templates = [...stages.values()].map((stage) => stage.template);
  const resources = templates.flatMap((template) => Object.values(template.Resources));
  printSummary("CloudFormation proof", {
    "templates checked": templates.length,
    "resources checked": resources.length,
    "stateful resources held against the last release": ["dev", "prod"].reduce(
      (sum, name) =>
        sum +
        Object.values(stages.get(name)?.template.Resources ?? {}).filter((item) => STATEFUL_TYPES.has(item.Type))
          .length,
      0,
    ),
    "findings left unexplained": 0,
  });
});
