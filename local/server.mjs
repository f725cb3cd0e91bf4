// Starts local/server.ts from a bundle: hundreds of small TypeScript files take four times as long to load one by one.
// The bundle is made on first use, cached by the names, times and sizes of its sources, and made again when they change.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const localDirectory = dirname(fileURLToPath(import.meta.url));
const cacheDirectory = join(dirname(localDirectory), "node_modules", ".cache", "mlops-stack");

/** SHA-256 over path, time and size of every TypeScript file below local/. */
function sourcesHash() {
  const hash = createHash("sha256").update(process.version);
  for (const name of readdirSync(localDirectory, { recursive: true }).sort()) {
    if (!name.endsWith(".ts")) continue;
    const { mtimeMs, size } = statSync(join(localDirectory, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex").slice(0, 32);
}

/** The bundle keeps every `import.meta.url` of its sources: files lie beside them. */
const keepModuleUrls = {
  name: "keep-module-urls",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
      loader: "ts",
    }));
  },
};

/** Path of the current bundle; made when it is not there. */
async function bundle() {
  const sources = sourcesHash();
  process.env.MLOPS_LOCAL_SOURCES_HASH = sources;
  const path = join(cacheDirectory, `local-${sources}.mjs`);
  if (existsSync(path)) return path;
  mkdirSync(cacheDirectory, { recursive: true });
  const { build } = await import("esbuild");
  const temporary = `${path}.${process.pid}`;
  await build({
    entryPoints: [join(localDirectory, "server.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    outfile: temporary,
    plugins: [keepModuleUrls],
    logLevel: "error",
  });
  for (const name of readdirSync(cacheDirectory)) {
    if (/^local-[0-9a-f]{32}\.mjs$/.test(name)) rmSync(join(cacheDirectory, name), { force: true });
  }
  renameSync(temporary, path);
  return path;
}

await import(pathToFileURL(await bundle()).href);
