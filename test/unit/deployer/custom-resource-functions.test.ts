import { describe, expect, it } from "vitest";
import { functionsOfCustomResources } from "../../../local/deployer/custom-resource-functions.ts";
import { withNeeds } from "../../../local/deployer/run-graph.ts";
import type { TemplateResource } from "../../../local/deployer/template.ts";

const fn: TemplateResource = { Type: "AWS::Lambda::Function", Properties: {} };
const servedBy = (name: string, Type = "Custom::Thing"): TemplateResource => ({
  Type,
  Properties: { ServiceToken: { "Fn::GetAtt": [name, "Arn"] }, Other: { Ref: "Unused" } },
});

describe("functions of custom resources", () => {
  it("are those that a ServiceToken names, unless the deployer does the work itself", () => {
    const resources = new Map<string, TemplateResource>([
      ["Served", fn],
      ["Standard", fn],
      ["Unused", fn],
      ["Cleaner", fn],
      ["A", servedBy("Served")],
      ["B", servedBy("Standard", "AWS::CloudFormation::CustomResource")],
      ["C", servedBy("Cleaner", "Custom::S3AutoDeleteObjects")],
      ["Elsewhere", { Type: "Custom::Thing", Properties: { ServiceToken: "arn:aws:lambda:us-east-1:1:function:f" } }],
    ]);
    expect([...functionsOfCustomResources(resources)]).toEqual(["Served", "Standard"]);
  });

  it("come with everything that they wait for, directly or not", () => {
    const graph = new Map([
      ["Function", new Set(["Role", "Policy"])],
      ["Policy", new Set(["Role", "Bucket"])],
      ["Role", new Set<string>()],
      ["Bucket", new Set<string>()],
      ["Alarm", new Set(["Function"])],
    ]);
    expect([...withNeeds(graph, ["Function"])].sort()).toEqual(["Bucket", "Function", "Policy", "Role"]);
  });
});
