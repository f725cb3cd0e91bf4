import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Failure } from "../support/failure.ts";
import { PACKAGE_ROOT, workDirectory } from "../support/project.ts";

/** What an assembly depends on, besides the models. */
const SOURCES = [
  "bin",
  "lib",
  "lambdas",
  "core",
  "app",
  "adapters",
  "recipes",
  "stages",
  "cdk.json",
  "package-lock.json",
  "package.json",
];
/** A person goes back and forth between a few sets of definitions; tests run several at a time. */
const ASSEMBLIES_KEPT = 20;
const IGNORED = new Set(["__pycache__", ".pytest_cache", "node_modules"]);

/** A synthesized stack. */
export interface Assembly {
  readonly directory: string;
  /** True when nothing had changed since an earlier synthesis. */
  readonly cached: boolean;
  readonly seconds: number;
}

function* filesBelow(path: string): Generator<string> {
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (IGNORED.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else if (entry.isFile()) yield child;
  }
}

function hashOf(stage: string, modelsDirectory: string): string {
  const hash = createHash("sha256").update(`${stage}\n${process.version}\n`);
  for (const source of SOURCES) {
    const path = join(PACKAGE_ROOT, source);
    const files = existsSync(path) && !/\.json$/.test(source) ? filesBelow(path) : existsSync(path) ? [path] : [];
    for (const file of files)
      hash
        .update(`${relative(PACKAGE_ROOT, file)}\n`)
        .update(readFileSync(file))
        .update("\n");
  }
  for (const file of filesBelow(modelsDirectory)) {
    if (file.endsWith("model.yaml")) hash.update(`${relative(modelsDirectory, file)}\n`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 20);
}

/**
 * Synthesizes the stack for the local cloud, or finds the assembly of the same sources.
 * Synthesis takes several seconds; finding it takes milliseconds.
 *
 * @throws Failure with the synthesis' own message, such as an invalid model definition
 */
export async function ensureAssembly(options: {
  stage: string;
  modelsDirectory?: string | undefined;
}): Promise<Assembly> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const models = resolve(options.modelsDirectory ?? join(PACKAGE_ROOT, "models"));
  if (!existsSync(models))
    throw new Failure(`There is no directory ${models}; --models names a directory of <name>/model.yaml.`, 2);
  const assemblies = join(workDirectory(), "assembly");
  const directory = join(assemblies, hashOf(options.stage, models));
  if (existsSync(join(directory, "manifest.json"))) return { directory, cached: true, seconds: seconds() };
  mkdirSync(assemblies, { recursive: true });
  const temporary = `${directory}.${process.pid}`;
  await synthesize(options.stage, models, temporary);
  rmSync(directory, { recursive: true, force: true });
  renameSync(temporary, directory);
  prune(assemblies);
  return { directory, cached: false, seconds: seconds() };
}

/** Removes all but the newest assemblies. */
function prune(assemblies: string): void {
  const names = readdirSync(assemblies).filter((name) => /^[0-9a-f]{20}$/.test(name));
  const byAge = names
    .map((name) => ({ name, age: statSync(join(assemblies, name)).mtimeMs }))
    .sort((a, b) => b.age - a.age);
  for (const { name } of byAge.slice(ASSEMBLIES_KEPT)) {
    rmSync(join(assemblies, name), { recursive: true, force: true });
  }
}

async function synthesize(stage: string, models: string, outdir: string): Promise<void> {
  const context = JSON.parse(readFileSync(join(PACKAGE_ROOT, "cdk.json"), "utf8")) as {
    context: Record<string, unknown>;
  };
  const child = spawn(process.execPath, ["--import", "tsx", join(PACKAGE_ROOT, "bin/mlops-stack.ts")], {
    cwd: PACKAGE_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_DEFAULT_ACCOUNT: "000000000000",
      CDK_DEFAULT_REGION: "us-east-1",
      CDK_CONTEXT_JSON: JSON.stringify({ ...context.context, stage, models }),
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((done, reject) => {
    child.once("error", reject);
    child.once("close", done);
  });
  if (code === 0) return;
  rmSync(outdir, { recursive: true, force: true });
  // The cause stands before Node's stack trace; the trace is of no use to a person who has to mend a definition.
  const message = /^(?:\w*Error|[a-z]+\.[a-z-]+)?:? ?([\s\S]*?)\n {4}at /m.exec(
    output.slice(output.search(/Error|definition\.invalid|settings\.invalid/)),
  )?.[1];
  throw new Failure(`The stack cannot be synthesized:\n${(message ?? output).trim()}`);
}
