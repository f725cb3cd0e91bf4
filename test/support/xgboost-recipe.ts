import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";

const recipeDirectory = fileURLToPath(new URL("../../recipes/xgboost", import.meta.url));

/** The XGBoost recipe as the source bundle of a training job: a .tar.gz with the scripts at its root. */
export async function packXgboostRecipe(): Promise<Buffer> {
  const scripts = readdirSync(recipeDirectory).filter((name) => name.endsWith(".py"));
  return await packFiles(
    Object.fromEntries(scripts.map((name) => [name, readFileSync(join(recipeDirectory, name), "utf8")])),
  );
}

/** Packs files, given by path and content, into a .tar.gz. */
export async function packFiles(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), "mlops-bundle-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, "files", path)), { recursive: true });
      await writeFile(join(directory, "files", path), content);
    }
    const file = join(directory, "bundle.tar.gz");
    await create({ cwd: join(directory, "files"), gzip: true, file, portable: true }, Object.keys(files));
    return readFileSync(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
