// CommonJS, because that starts ten milliseconds faster than an ES module, and because only scripts take V8's code cache in Node 20.
const { createHash } = require("node:crypto");
const { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } =
  require("node:fs");
const { createRequire } = require("node:module");
const { homedir } = require("node:os");
const { dirname, join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { Script } = require("node:vm");

/** Root of the package. */
const ROOT = dirname(dirname(__dirname));
/** Bundles that no manifest names any more may still be loading in another process for a moment. */
const KEPT_MILLIS = 60_000;

/**
 * Runs `main()` of a TypeScript module from a bundle: hundreds of small files take several times as long to load one by one. The bundle
 * is made on first use, with its dependencies, and again when one of its sources or dependencies changes. V8's compiled form of it is
 * kept beside it after the first run.
 *
 * @param {string} entry path of the module from the root of the package; it exports `main`
 * @returns {Promise<void>} resolves after `main`
 */
async function runBundled(entry) {
  const cache = cacheDirectory();
  const name = entry.replace(/\.ts$/, "").replaceAll("/", "-");
  const bundle = current(cache, name) ?? (await build(cache, name, entry));
  const path = join(cache, bundle);
  const cachedData = readIfThere(`${path}.v8`);
  // All but its comments is ASCII, which needs no decoding.
  const source = readFileSync(path, "latin1");
  const script = new Script(`(function(exports,require,module){${source}\n})`, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(join(ROOT, "package.json")), module);
  if (cachedData !== undefined && !script.cachedDataRejected) return await module.exports.main();
  // After it has run, the cache also holds the functions that a start needs.
  const save = () => replaceFile(`${path}.v8`, script.createCachedData());
  process.once("exit", save);
  await module.exports.main();
  process.off("exit", save);
  save();
}

/** Beside the package's dependencies, or in the user's cache where the package is not writable. */
function cacheDirectory() {
  const own = join(ROOT, "node_modules", ".cache", "mlops-stack");
  try {
    mkdirSync(own, { recursive: true });
    accessSync(own, constants.W_OK);
    return own;
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes(error.code)) throw error;
  }
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const users = join(caches, "mlops-stack", createHash("sha256").update(ROOT).digest("hex").slice(0, 16));
  mkdirSync(users, { recursive: true });
  return users;
}

/** Name of the bundle whose inputs are all as they were when it was made. */
function current(cache, name) {
  const text = readIfThere(join(cache, `${name}.json`));
  if (text === undefined) return undefined;
  const { node, root, bundle, inputs } = JSON.parse(text.toString("utf8"));
  if (node !== process.version || root !== ROOT) return undefined;
  const unchanged = Object.entries(inputs).every(([path, state]) => stateOf(path) === state);
  return unchanged && stateOf(join(cache, bundle)) !== undefined ? bundle : undefined;
}

/** Size and time of the last change: unlike the time of writing, an installed package cannot bring that one along. */
function stateOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.size} ${found.ctimeMs}`;
}

async function build(cache, name, entry) {
  // The states are read before the build: a file that changes meanwhile is seen by the next start.
  const before = Date.now();
  const esbuild = require("esbuild");
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    mainFields: ["module", "main"],
    external: ["esbuild"],
    // Modules that are imported on demand are evaluated on demand, from the same file.
    supported: { "dynamic-import": false },
    plugins: [keepModuleUrls],
    charset: "ascii",
    legalComments: "none",
    logLevel: "error",
  });
  const [{ contents }] = outputFiles;
  const bundle = `${name}-${createHash("sha256").update(contents).digest("hex").slice(0, 32)}.cjs`;
  const inputs = {};
  for (const path of watchedOf(Object.keys(metafile.inputs))) {
    const { ctimeMs } = statSync(path);
    inputs[path] = ctimeMs > before ? "changed while it was bundled" : stateOf(path);
  }
  replaceFile(join(cache, bundle), contents);
  replaceFile(join(cache, `${name}.json`), JSON.stringify({ node: process.version, root: ROOT, bundle, inputs }));
  for (const file of readdirSync(cache)) {
    const old = file.startsWith(`${name}-`) && !file.startsWith(bundle);
    const changed = old ? statSync(join(cache, file), { throwIfNoEntry: false })?.ctimeMs : undefined;
    if (changed !== undefined && changed < before - KEPT_MILLIS) rmSync(join(cache, file), { force: true });
  }
  return bundle;
}

/** Our own sources one by one; of each dependency its package.json, which every installation writes anew. Absolute paths. */
function watchedOf(inputs) {
  const watched = new Set();
  for (const input of inputs) {
    const path = join(ROOT, input);
    const isOwn = !/^\.\.\/|(^|\/)node_modules\//.test(input);
    const dependency = isOwn ? null : /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path);
    watched.add(dependency === null ? path : `${dependency[0]}package.json`);
  }
  return watched;
}

/** A module's own address stays what it is: files lie beside it. */
const keepModuleUrls = {
  name: "keep-module-urls",
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const contents = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: path.endsWith("ts") ? "ts" : "js" };
    });
  },
};

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes in one step, so that another process never sees half a file. */
function replaceFile(path, contents) {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

module.exports = { runBundled };
