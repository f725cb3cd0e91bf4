import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../../cli/support/project.ts";

const FOLDERS = ["core", "app", "adapters", "lambdas", "lib", "bin", "local", "cli"] as const;
type Folder = (typeof FOLDERS)[number];

/** What each folder may import of the others. */
const ALLOWED: Record<Folder, readonly Folder[]> = {
  core: [],
  app: ["core"],
  adapters: ["core", "app"],
  lambdas: ["core", "app", "adapters"],
  lib: ["core"],
  bin: ["core", "lib"],
  local: [],
  cli: ["core", "app", "adapters", "lambdas", "lib", "bin", "local"],
};
const PACKAGES = ["@aws-sdk/client-s3", "aws-cdk-lib", "aws-cdk-lib/aws-s3"] as const;
/** The SDK belongs to adapters, handlers and commands, the CDK to what makes the stack. */
const ALLOWED_PACKAGES: Record<Folder, RegExp | null> = {
  core: null,
  app: null,
  adapters: /^@aws-sdk/,
  lambdas: /^@aws-sdk/,
  lib: /^aws-cdk-lib/,
  bin: /^aws-cdk-lib/,
  local: /^@aws-sdk/,
  cli: /./,
};

interface Case {
  readonly file: string;
  readonly from: Folder;
  readonly imported: string;
  readonly allowed: boolean;
}

const cases: readonly Case[] = FOLDERS.flatMap((from) => [
  // At the top of a folder and below it: the path that is imported has another length.
  ...["", "part/"].flatMap((depth) =>
    FOLDERS.filter((other) => other !== from).map((other) => ({
      file: `${from}/${depth}to-${other}.ts`,
      from,
      imported: `${depth === "" ? ".." : "../.."}/${other}/thing.ts`,
      allowed: ALLOWED[from].includes(other),
    })),
  ),
  ...PACKAGES.map((imported) => ({
    file: `${from}/to-${imported.replaceAll(/\W/g, "-")}.ts`,
    from,
    imported,
    allowed: ALLOWED_PACKAGES[from]?.test(imported) ?? false,
  })),
]);

let directory: string;
let refused: Map<string, string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mlops-imports-"));
  copyFileSync(join(PACKAGE_ROOT, "biome.json"), join(directory, "biome.json"));
  for (const { file, imported } of cases) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), `export * from ${JSON.stringify(imported)};\n`);
  }
  // Without a checkout there is no .gitignore to use.
  const { stdout } = spawnSync(
    join(PACKAGE_ROOT, "node_modules/.bin/biome"),
    ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json", "."],
    { cwd: directory, encoding: "utf8" },
  );
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: Array<{ category: string; severity: string; message: string; location: { path: string } }>;
  };
  refused = new Map(
    diagnostics
      .filter((one) => one.category === "lint/style/noRestrictedImports" && one.severity === "error")
      .map((one) => [one.location.path, one.message]),
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the direction of imports, checked by the linter", () => {
  it.each(FOLDERS)("%s may import what the table of CONTRIBUTING.md says, and nothing else", (folder) => {
    for (const { file, imported, allowed } of cases.filter(({ from }) => from === folder))
      expect([file, imported, refused.has(file) ? "refused" : "allowed"]).toEqual([
        file,
        imported,
        allowed ? "allowed" : "refused",
      ]);
  });
});
