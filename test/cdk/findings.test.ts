import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CfnResource, Stack } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";

const { context } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "cdk.json"), "utf8")) as {
  context: Record<string, unknown>;
};

/** Planted into the CDK app: all explanations of findings are lost. */
const FORGET_EXPLANATIONS = `
import cdk from "aws-cdk-lib";
const of = cdk.Validations.of;
cdk.Validations.of = (scope) => Object.assign(of.call(cdk.Validations, scope), { acknowledge() {} });
`;

describe("the synthesis", () => {
  it("stops at every finding of cdk-nag's AwsSolutions that nobody has explained", () => {
    const out = mkdtempSync(join(tmpdir(), "mlops-findings-"));
    const plant = `data:text/javascript,${encodeURIComponent(FORGET_EXPLANATIONS.replace('"aws-cdk-lib"', JSON.stringify(import.meta.resolve("aws-cdk-lib"))))}`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--import", plant, "bin/mlops-stack.ts"],
      {
        cwd: PACKAGE_ROOT,
        encoding: "utf8",
        env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) },
      },
    );
    rmSync(out, { recursive: true, force: true });
    expect(status).not.toBe(0);
    const output = stdout + stderr;
    for (const finding of ["AwsSolutions-S1", "AwsSolutions-IAM5"]) expect(output).toContain(finding);
  });

  it("stops at a property that CloudFormation does not know, with the context of cdk.json", () => {
    const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), "mlops-findings-")) });
    const stack = new Stack(app, "planted");
    new CfnResource(stack, "Bucket", { type: "AWS::S3::Bucket", properties: { BucketName: "UPPER_case" } });
    expect(() => app.synth()).toThrow(/BucketName|UPPER_case|[Vv]alidation/);
  });
});
