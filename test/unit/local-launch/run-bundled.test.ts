import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const LAUNCHER = "local/launch/run-bundled.cjs";
let root: string;

/** A package of its own with the launcher and one entry, `main.ts`. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mlops-launch-"));
  mkdirSync(join(root, "local/launch"), { recursive: true });
  mkdirSync(join(root, "node_modules"));
  copyFileSync(LAUNCHER, join(root, LAUNCHER));
  symlinkSync(join(process.cwd(), "node_modules/esbuild"), join(root, "node_modules/esbuild"));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  write("words.ts", 'export const word: string = "first";');
  write(
    "main.ts",
    `import { word } from "./words.ts";
    export async function main(): Promise<void> {
      const { lazy } = await import("./lazy.ts");
      console.log([word, lazy, import.meta.url].join(" "));
      if (process.argv.includes("exit")) process.exit(3);
    }`,
  );
  write("lazy.ts", 'export const lazy = "ü";');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

function run(...args: string[]): string {
  const script = `require("./${LAUNCHER}").runBundled("main.ts")`;
  return execFileSync(process.execPath, ["-e", script, ...args], { cwd: root, encoding: "utf8" }).trim();
}

const cached = (ending: string): string[] =>
  readdirSync(join(root, "node_modules/.cache/mlops-stack")).filter((name) => name.endsWith(ending));

describe("runBundled", () => {
  const says = (word: string) => `${word} ü ${pathToFileURL(join(root, "main.ts")).href}`;

  it("runs main with its own modules' addresses, and from the same bundle again", () => {
    expect(run()).toBe(says("first"));
    const made = [...cached(".cjs"), ...cached(".v8")];
    expect(made).toHaveLength(2);
    expect(run()).toBe(says("first"));
    expect([...cached(".cjs"), ...cached(".v8")]).toEqual(made);
  });

  it("bundles again when a source has changed, also in a way that keeps its size", () => {
    run();
    write("words.ts", 'export const word: string = "other";');
    expect(run()).toBe(says("other"));
    rmSync(join(root, "words.ts"));
    expect(() => run()).toThrow("words.ts");
  });

  it("keeps compiled code of a process that ends itself, and makes do without a usable one", () => {
    expect(() => run("exit")).toThrow();
    const [name = ""] = cached(".v8");
    writeFileSync(join(root, "node_modules/.cache/mlops-stack", name), "broken");
    expect(run()).toBe(says("first"));
  });
});
