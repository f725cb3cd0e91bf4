import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../../cli/support/project.ts";

const textOf = (file: string) => readFileSync(join(PACKAGE_ROOT, file), "utf8");
const manifest = JSON.parse(textOf("package.json")) as {
  name: string;
  license: string;
  bin: Record<string, string>;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe("the package", () => {
  it("is mlops-stack and brings the command mlops", () => {
    expect(manifest.name).toBe("mlops-stack");
    const command = join(PACKAGE_ROOT, manifest.bin["mlops"] ?? "");
    expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    // npm sets the bit when it installs the package; a checkout needs it itself.
    expect(statSync(command).mode & 0o111).not.toBe(0);
  });

  it.each(["build", "typecheck", "lint", "format", "test", "test:unit", "test:e2e", "synth", "demo", "local", "bench"])(
    "has the script %s, whose programs and files exist",
    (name) => {
      const script = manifest.scripts[name];
      expect(script).toBeDefined();
      for (const [program = "", ...words] of (script ?? "").split(" && ").map((part) => part.split(" "))) {
        if (program !== "node")
          expect(existsSync(join(PACKAGE_ROOT, "node_modules/.bin", program)), program).toBe(true);
        for (const word of words.filter((one) => /\.(mjs|ts|json)$/.test(one)))
          expect(existsSync(join(PACKAGE_ROOT, word)), word).toBe(true);
      }
    },
  );

  it("runs in its tests every folder of tests that is quick enough", () => {
    for (const project of ["unit", "contract", "cdk", "e2e"])
      expect(manifest.scripts["test"]).toContain(`--project ${project}`);
  });

  it("pins every dependency to one version", () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)]);
  });

  it("is licensed under Apache-2.0", () => {
    expect(manifest.license).toBe("Apache-2.0");
    expect(textOf("LICENSE")).toMatch(/Apache License\s+Version 2\.0, January 2004/);
  });
});

describe("the checks before a change lands", () => {
  it("are lint, types, dead code and synthesis, and after them what the README says that runs all tests", () => {
    const lines = textOf(".ci/run").split("\n");
    const order = [
      "npm run lint",
      "npm run typecheck",
      "npm run deadcode",
      "npx cdk synth --quiet -c stage=dev",
      "npx cdk synth --quiet -c stage=prod",
      "npm test",
    ];
    expect(lines.filter((line) => order.includes(line))).toEqual(order);
    expect(lines).toContain("set -euo pipefail");
    expect(textOf("README.md")).toMatch(/^npm ci && npm test\b/m);
  });
});

describe("the README", () => {
  const readme = textOf("README.md");

  it("starts with what this is and the commands to type, then a picture and a table of what exists", () => {
    const places = [
      /^# mlops-stack\n\n[A-Z]/,
      /^npm ci && npm run demo\b/m,
      /^npm ci && npm test\b/m,
      /^npx cdk deploy\b/m,
      /^```mermaid\nflowchart/m,
      /^## What exists\n\| part \| state \|/m,
    ].map((pattern) => readme.search(pattern));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[3]).toBeLessThan(1200);
  });
});

describe("the Python packages of the containers", () => {
  it("are pinned to what the SageMaker XGBoost image 3.0-5 has", () => {
    const lines = textOf("local/python/requirements.txt")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of lines) expect(line).toMatch(/^[\w.-]+==[\d.]+\w*( ; .*)?$/);
    const versions = new Map(lines.map((line) => line.split(" ")[0]?.split("==") as [string, string]));
    expect(versions.get("xgboost")).toBe("3.0.5");
    expect(versions.get("xgboost-cpu")).toBe("3.0.5");
    expect([...versions.keys()]).toEqual(expect.arrayContaining(["numpy", "pandas"]));
  });
});
