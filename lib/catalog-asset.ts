import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { create } from "tar";
import { parseDefinition } from "../core/definition/parse.ts";
import type { ModelDefinition } from "../core/definition/schema.ts";
import { buildDirectory } from "./build-directory.ts";
import { packageFolder } from "./package-folder.ts";

const RECIPES = packageFolder("recipes");

/**
 * Reads and validates every `<directory>/<name>/model.yaml`; the folder's name must be the model's name.
 *
 * @throws MlopsError `definition.invalid` that names the file, the path, what was found and what is allowed
 */
export function readDefinitions(directory: string): ModelDefinition[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, "model.yaml")))
    .map((entry) => {
      const path = join(directory, entry.name, "model.yaml");
      const file = relative(process.cwd(), path);
      const definition = parseDefinition(readFileSync(path, "utf8"), file);
      if (definition.name !== entry.name) {
        throw new Error(
          `${file}: name is "${definition.name}", but the folder is "${entry.name}"; make them the same.`,
        );
      }
      return definition;
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A recipe packed for SageMaker's script mode. */
export interface PackedRecipe {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/** Packs every recipe as `sourcedir.tar.gz`; the same sources always give the same bytes. */
export function packRecipes(): PackedRecipe[] {
  const outdir = buildDirectory("mlops-recipes-");
  return readdirSync(RECIPES)
    .filter((name) => statSync(join(RECIPES, name)).isDirectory())
    .map((name) => {
      const path = join(outdir, `${name}.tar.gz`);
      const files = readdirSync(join(RECIPES, name))
        .filter((file) => /\.(py|txt)$/.test(file))
        .sort();
      create(
        { file: path, cwd: join(RECIPES, name), gzip: { level: 9 }, portable: true, mtime: new Date(0), sync: true },
        files,
      );
      return { name, path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
    });
}

/** Writes the catalog's JSON and returns its path and hash. */
export function writeCatalog(catalog: object): { path: string; sha256: string } {
  const text = JSON.stringify(catalog);
  const path = join(buildDirectory("mlops-catalog-"), "catalog.json");
  writeFileSync(path, text);
  return { path, sha256: createHash("sha256").update(text).digest("hex") };
}
