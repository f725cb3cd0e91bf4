import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { extract } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";
import { smallModel } from "../e2e/support/tabular.ts";

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

/** A project of somebody who has installed the package: what npm packs, and only what it says that it depends on. */
const project = mkdtempSync(join(tmpdir(), "mlops-installed-"));

beforeAll(async () => {
  execFileSync("npm", ["pack", "--pack-destination", project], { cwd: PACKAGE_ROOT, stdio: "pipe" });
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  const { name, version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  await extract({ file: join(project, `${name}-${version}.tgz`), cwd: modules });
  renameSync(join(modules, "package"), join(modules, name));
  const manifest = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")) as Manifest;
  // The project's own tools are there besides: they are no part of the package.
  const packages = { ...manifest.dependencies, ...manifest.peerDependencies, typescript: "", "@types/node": "" };
  for (const one of Object.keys(packages)) {
    mkdirSync(dirname(join(modules, one)), { recursive: true });
    symlinkSync(join(PACKAGE_ROOT, "node_modules", one), join(modules, one));
  }
  mkdirSync(join(project, "models/small"), { recursive: true });
  writeFileSync(join(project, "models/small/model.yaml"), smallModel("small"));
  const [, snippet = ""] =
    /```ts\n([\s\S]*?)```/.exec(readFileSync(join(PACKAGE_ROOT, "docs/stages.md"), "utf8")) ?? [];
  writeFileSync(join(project, "app.mts"), snippet);
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

function node(file: string, text: string): { status: number | null; output: string; out: string } {
  const out = join(project, `out-${file}`);
  writeFileSync(join(project, file), text);
  const env = { ...process.env, CDK_OUTDIR: out };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, encoding: "utf8", env });
  return { status, output: stdout + stderr, out };
}

const BODY = `
const app = new App();
const stack = new Stack(app, "shop");
const settings = parseStageSettings("schemaVersion: 1\\nstage: shop\\nretainData: false", "inline");
const factory = new MlopsFactory(stack, "Models", { settings, definitions: readDefinitions("models") });
new Alerting(stack, "Own", { emails: ["shop@example.com"] });
new CfnOutput(stack, "Alerts", { value: factory.alerting.topic.topicArn });
app.synth();
`;

/** The template, once it is seen to hold the whole factory with the project's own model. */
function expectFactory(directory: string): void {
  const template = JSON.parse(readFileSync(join(directory, "shop.template.json"), "utf8"));
  const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type);
  expect(types.filter((type) => type === "AWS::StepFunctions::StateMachine")).toHaveLength(4);
  expect(types).toContain("Custom::ModelCatalog");
  const { files } = JSON.parse(readFileSync(join(directory, "shop.assets.json"), "utf8")) as {
    files: Record<string, { source: { path: string } }>;
  };
  const catalog = Object.values(files).find(({ source }) => /^asset\..*\.json$/.test(source.path));
  expect(readFileSync(join(directory, catalog?.source.path ?? ""), "utf8")).toContain('"name":"small"');
}

describe("the package, installed in somebody's own project", () => {
  it("gives its constructs to a CDK app that is an ES module", () => {
    const imports = `import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Alerting, MlopsFactory, parseStageSettings, readDefinitions } from "mlops-stack";`;
    const { status, output, out } = node("app.mjs", imports + BODY);
    expect(status, output).toBe(0);
    expectFactory(out);
  });

  it("gives its constructs to a CDK app that is CommonJS, as cdk init makes it", () => {
    const imports = `const { App, CfnOutput, Stack } = require("aws-cdk-lib");
const { Alerting, MlopsFactory, parseStageSettings, readDefinitions } = require("mlops-stack");`;
    const { status, output, out } = node("app.cjs", imports + BODY);
    expect(status, output).toBe(0);
    expectFactory(out);
  });

  it("has types that check in a strict project, with the app of docs/stages.md", () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        join(project, "node_modules/typescript/bin/tsc"),
        ...["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "app.mts"],
      ],
      { cwd: project, encoding: "utf8" },
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
    const wrong = readFileSync(join(project, "app.mts"), "utf8").replace("definitions:", "definitionz:");
    writeFileSync(join(project, "wrong.mts"), wrong);
    const refused = spawnSync(
      process.execPath,
      [join(project, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--module", "nodenext", "wrong.mts"],
      { cwd: project, encoding: "utf8" },
    );
    expect(refused.stdout).toContain("definitionz");
  });

  it("says what the samples need besides, which the package does not depend on", () => {
    const file = join(project, "node_modules/mlops-stack/models/vega-data.ts");
    const script = `import(${JSON.stringify(file)}).then(({ vegaDataFile }) => vegaDataFile("birdstrikes.csv"))`;
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: project,
      encoding: "utf8",
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain("npm install --save-dev vega-datasets@");
  });

  it("runs the stack with the project's own models in the local cloud", () => {
    const mlops = (...words: string[]) =>
      spawnSync(process.execPath, [join(project, "node_modules/mlops-stack/cli/mlops.mjs"), ...words], {
        cwd: project,
        encoding: "utf8",
        timeout: 120_000,
      });
    try {
      const up = mlops("local", "up", "--detach", "--port", "0", "--models", "models");
      expect(up.status, up.stdout + up.stderr).toBe(0);
      const status = mlops("status", "--json");
      expect(status.stdout).toContain('"dev-small"');
    } finally {
      expect(mlops("local", "down").status).toBe(0);
    }
  }, 180_000);

  it("brings the command", () => {
    const { stdout } = spawnSync(
      process.execPath,
      [join(project, "node_modules/mlops-stack/cli/mlops.mjs"), "--help"],
      {
        cwd: project,
        encoding: "utf8",
      },
    );
    expect(stdout).toContain("mlops");
    expect(stdout).toContain("upload");
    expect(existsSync(join(project, "node_modules/mlops-stack/LICENSE"))).toBe(true);
  });
});
