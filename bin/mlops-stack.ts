#!/usr/bin/env node
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { parseStageSettings } from "../core/settings/parse-stage-settings.ts";
import { MlopsStack, readDefinitions } from "../lib/index.ts";

const app = new App();
const stage = String(app.node.tryGetContext("stage") ?? "dev");
const file = `stages/${stage}.yaml`;
if (!existsSync(file)) {
  const stages = readdirSync("stages").map((name) => name.replace(/\.yaml$/, ""));
  throw new Error(
    `There is no ${file}; stages: ${stages.join(", ")}. Choose one with "-c stage=NAME" or write the file.`,
  );
}
const settings = parseStageSettings(readFileSync(file, "utf8"), file);
const models = String(app.node.tryGetContext("models") ?? settings.modelsDirectory);

new MlopsStack(app, `mlops-${settings.stage}`, {
  settings,
  definitions: readDefinitions(resolve(models)),
  env: { account: process.env["CDK_DEFAULT_ACCOUNT"], region: process.env["CDK_DEFAULT_REGION"] },
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
