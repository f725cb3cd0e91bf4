import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, NIST80053R5Checks } from "cdk-nag";
import { parseStageSettings } from "../../../core/settings/parse-stage-settings.ts";
import { MlopsStack, readDefinitions } from "../../../lib/index.ts";
import type { Template } from "../../../local/deployer/template.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A synthesized stage. */
export interface SynthesizedStage {
  /** The cloud assembly. */
  readonly directory: string;
  readonly templateFile: string;
  readonly template: Template;
}

/** Options of {@link synthesizeStage}. */
export interface SynthesizeOptions {
  /** Text of `stages/<stage>.yaml`; the committed file when absent. */
  readonly settings?: string;
  /** Directory of model definitions. @default none */
  readonly models?: string;
  /** Also runs cdk-nag's packs AwsSolutions and NIST 800-53 R5; CDK's own validation always runs. */
  readonly packs?: boolean;
}

/**
 * Synthesizes a stage as bin/mlops-stack.ts does, with the context of cdk.json.
 *
 * @throws Error `ValidationFailed` when CDK's validation or a pack has a finding that nobody explained
 */
export function synthesizeStage(stage: string, options: SynthesizeOptions = {}): SynthesizedStage {
  const { context } = JSON.parse(readFileSync(join(ROOT, "cdk.json"), "utf8")) as { context: Record<string, unknown> };
  const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), "mlops-synth-")) });
  const text = options.settings ?? readFileSync(join(ROOT, "stages", `${stage}.yaml`), "utf8");
  const settings = parseStageSettings(text, `stages/${stage}.yaml`);
  new MlopsStack(app, `mlops-${settings.stage}`, {
    settings,
    definitions: options.models === undefined ? [] : readDefinitions(options.models),
    env: { account: "000000000000", region: "us-east-1" },
  });
  if (options.packs === true) {
    Validations.of(app).addPlugins(
      new AwsSolutionsChecks(app, { verbose: true }),
      new NIST80053R5Checks(app, { verbose: true }),
    );
  }
  const { directory } = app.synth();
  const templateFile = join(directory, `mlops-${settings.stage}.template.json`);
  return { directory, templateFile, template: JSON.parse(readFileSync(templateFile, "utf8")) as Template };
}
