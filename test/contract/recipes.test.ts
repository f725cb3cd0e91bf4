import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import {
  containerRequirementsPath,
  ensurePythonEnvironment,
  type PythonEnvironment,
  testRequirementsPath,
} from "../../local/python/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = `${root}/test/recipes/pyproject.toml`;
const sources = ["recipes", "local/services/sagemaker/container", "test/recipes"];
let tools: PythonEnvironment;
let packages: PythonEnvironment;

beforeAll(async () => {
  packages = await ensurePythonEnvironment({ requirementsPath: containerRequirementsPath });
  tools = await ensurePythonEnvironment({ requirementsPath: testRequirementsPath });
}, 600_000);

/** Runs a Python module of the test environment, which borrows the containers' packages. */
function run(...args: string[]): { status: number | null; output: string } {
  const result = spawnSync(tools.python, ["-m", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: packages.sitePackages, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return { status: result.status, output: `${result.stdout}\n${result.stderr}` };
}

describe("Python recipes", () => {
  it("pass their own tests", { timeout: 180_000 }, () => {
    const { status, output } = run("pytest", "-c", config, "--rootdir", "test/recipes", "test/recipes");
    expect(status, output).toBe(0);
    expect(output).not.toMatch(/skipped/);
  });

  it("are free of lint findings", () => {
    const { status, output } = run("ruff", "check", "--no-cache", "--config", config, ...sources);
    expect(status, output).toBe(0);
  });

  it("are typed strictly", { timeout: 180_000 }, () => {
    const check = (directory: string) =>
      run("mypy", "--config-file", config, "--cache-dir", "/dev/null", "--no-error-summary", directory);
    for (const directory of ["recipes/xgboost", "local/services/sagemaker/container"]) {
      const { status, output } = check(directory);
      expect(status, output).toBe(0);
    }
  });
});
