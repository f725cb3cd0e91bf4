import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const GOLDEN = "test/unit/local-stepfunctions/golden";

/** Outcome of the golden cases of the state language's interpreter. */
export interface GoldenResult {
  /** Cases by file. */
  readonly cases: Readonly<Record<string, number>>;
  readonly failed: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/**
 * Runs the golden suite in a process of its own; with `plant`, on a copy of the interpreter in which one text is replaced.
 *
 * @throws Error when the text to replace does not occur
 */
export async function runGolden(plant?: { file: string; from: string; to: string }): Promise<GoldenResult> {
  const root = plant === undefined ? ROOT : plantedCopy(plant);
  const output = join(mkdtempSync(join(tmpdir(), "mlops-golden-")), "report.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const arguments_ = [
    vitest,
    "run",
    "--root",
    root,
    "--project",
    "unit",
    GOLDEN,
    "--reporter=json",
    "--outputFile",
    output,
  ];
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, arguments_, { cwd: root, env: environment, stdio: "ignore" });
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const report = JSON.parse(readFileSync(output, "utf8")) as Report;
  return {
    cases: Object.fromEntries(
      report.testResults.map(({ name, assertionResults }) => [name.split("/").at(-1) ?? name, assertionResults.length]),
    ),
    failed: report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter((item) => item.status !== "passed").map((item) => item.title),
    ),
  };
}

/** Text of the golden files, by name. */
export function goldenFile(name: string): string {
  return readFileSync(join(ROOT, GOLDEN, name), "utf8");
}

function plantedCopy({ file, from, to }: { file: string; from: string; to: string }): string {
  const root = mkdtempSync(join(tmpdir(), "mlops-planted-"));
  for (const part of [
    "local",
    "test/unit/local-stepfunctions",
    "test/support",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
  writeFileSync(path, text.replace(from, to));
  return root;
}
