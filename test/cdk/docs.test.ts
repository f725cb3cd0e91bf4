import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/README.md",
  ...readdirSync(join(PACKAGE_ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(PACKAGE_ROOT, "docs/adr")).map((name) => `docs/adr/${name}`),
];
const textOf = (page: string) => readFileSync(join(PACKAGE_ROOT, page), "utf8");

describe("the documentation", () => {
  it.each(pages)("%s links only to files that exist", (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? "");
    for (const link of links) expect(existsSync(resolve(PACKAGE_ROOT, dirname(page), link)), link).toBe(true);
  });

  it("names only commands that exist", () => {
    const help = execFileSync(process.execPath, [join(PACKAGE_ROOT, "cli/mlops.mjs"), "--help"], { encoding: "utf8" });
    const commands = new Set([...help.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1]));
    expect(commands.size).toBeGreaterThan(8);
    for (const page of pages) {
      for (const [, command] of textOf(page).matchAll(/(?:npx |`)mlops ([a-z][a-z-]*)/g)) {
        expect(commands, `${page}: mlops ${command}`).toContain(command);
      }
    }
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    for (const page of pages) {
      for (const [, script] of textOf(page).matchAll(/npm run ([a-z][a-z:-]*)/g)) {
        expect(Object.keys(scripts), `${page}: npm run ${script}`).toContain(script);
      }
    }
  });

  it("shows a CDK app that synthesizes", () => {
    const [, snippet = ""] = /```ts\n([\s\S]*?)```/.exec(textOf("docs/stages.md")) ?? [];
    expect(snippet).toContain("new MlopsStack");
    const directory = mkdtempSync(join(PACKAGE_ROOT, "node_modules/.cache-docs-"));
    const file = join(directory, "app.ts");
    writeFileSync(
      file,
      `${snippet.replace('"mlops-stack"', JSON.stringify(join(PACKAGE_ROOT, "lib/index.ts")))}\napp.synth();\n`,
    );
    const out = join(directory, "out");
    execFileSync(process.execPath, ["--import", "tsx", file], {
      cwd: PACKAGE_ROOT,
      env: { ...process.env, CDK_OUTDIR: out },
      stdio: "pipe",
    });
    const synthesized = existsSync(join(out, "mlops-dev.template.json"));
    rmSync(directory, { recursive: true, force: true });
    expect(synthesized).toBe(true);
  });

  it("shows a definition whose every field the schema knows", () => {
    const schema = JSON.stringify(JSON.parse(textOf("models/model.schema.generated.json")));
    const [, snippet = ""] = /```yaml\n([\s\S]*?)```/.exec(textOf("README.md")) ?? [];
    const keys = [...snippet.matchAll(/(?:^|[{,]\s*)\s*([a-zA-Z_]+):/gm)].map((match) => match[1] ?? "");
    expect(keys.length).toBeGreaterThan(10);
    const own = new Set(["max_depth", "eta"]);
    for (const key of keys) if (!own.has(key) && /^[a-z]/.test(key)) expect(schema, key).toContain(`"${key}"`);
  });
});
