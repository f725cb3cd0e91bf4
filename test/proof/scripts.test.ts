import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";

/** A copy of the checkout that may be broken. */
const copy = mkdtempSync(join(tmpdir(), "mlops-scripts-"));

beforeAll(() => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: PACKAGE_ROOT,
    encoding: "utf8",
  });
  for (const file of listed.trim().split("\n")) {
    if (existsSync(join(PACKAGE_ROOT, file))) cpSync(join(PACKAGE_ROOT, file), join(copy, file));
  }
  symlinkSync(join(PACKAGE_ROOT, "node_modules"), join(copy, "node_modules"));
  // Biome reads .gitignore only where there is a repository.
  execFileSync("git", ["init", "--quiet"], { cwd: copy });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function npm(script: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], { cwd: copy, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

/** Runs a script with a file added to the copy. */
function withFile(file: string, text: string, script: string): { status: number | null; output: string } {
  writeFileSync(join(copy, file), text);
  try {
    return npm(script);
  } finally {
    rmSync(join(copy, file));
  }
}

describe("the scripts of package.json", () => {
  it.each(["lint", "typecheck", "build", "deadcode"])("%s passes on the checkout", (script) => {
    const { status, output } = npm(script);
    expect(status, output).toBe(0);
  });

  it("typecheck refuses a wrong type", () => {
    const { status, output } = withFile("core/planted.ts", "export const planted: number = 'one';\n", "typecheck");
    expect(status).not.toBe(0);
    expect(output).toContain("core/planted.ts");
  });

  it("lint refuses a forbidden import and a file that is not formatted", () => {
    const imports = withFile("core/planted.ts", 'export { demo } from "../cli/demo/demo.ts";\n', "lint");
    expect(imports.status).not.toBe(0);
    expect(imports.output).toContain("core knows nobody");
    expect(withFile("core/planted.ts", "export const  planted=1\n", "lint").status).not.toBe(0);
  });

  it("deadcode refuses a file that nobody uses", () => {
    const { status, output } = withFile("core/planted.ts", "export const planted = 1;\n", "deadcode");
    expect(status).not.toBe(0);
    expect(output).toContain("core/planted.ts");
  });

  it("format mends what is not formatted", () => {
    const file = join(copy, "core/planted.ts");
    writeFileSync(file, "export const  planted=1\n");
    expect(npm("format").status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("export const planted = 1;\n");
    rmSync(file);
  });

  it("synth writes the template", () => {
    const { status, output } = npm("synth");
    expect(status, output).toBe(0);
    expect(existsSync(join(copy, "cdk.out/mlops-dev.template.json"))).toBe(true);
  });
});
