import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ensurePythonEnvironment } from "../../local/python/index.ts";

const directory = mkdtempSync(join(tmpdir(), "mlops-python-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function ensure(requirements: string) {
  const requirementsPath = join(directory, "requirements.txt");
  writeFileSync(requirementsPath, requirements);
  const steps: string[] = [];
  const environment = await ensurePythonEnvironment({
    requirementsPath,
    cacheDirectory: join(directory, "cache"),
    onProgress: (line) => steps.push(line),
  });
  return { environment, steps };
}

describe("the Python environment of the containers", () => {
  it("is made once for each content of the requirements, and found again without doing anything", async () => {
    const first = await ensure("# nothing\n");
    expect(first.steps.length).toBeGreaterThan(1);
    expect(existsSync(first.environment.python)).toBe(true);
    const again = await ensure("# nothing\n");
    expect(again.steps).toEqual([]);
    expect(again.environment).toEqual(first.environment);
    const other = await ensure("# nothing else\n");
    expect(other.environment.directory).not.toBe(first.environment.directory);
    expect(other.steps.length).toBeGreaterThan(1);
  });

  it("is made anew when an installation was killed", async () => {
    const { environment } = await ensure("# nothing\n");
    rmSync(join(environment.directory, "mlops-complete"));
    writeFileSync(join(environment.directory, "half-a-package"), "");
    const { steps } = await ensure("# nothing\n");
    expect(steps.length).toBeGreaterThan(1);
    expect(existsSync(join(environment.directory, "half-a-package"))).toBe(false);
  });
});
