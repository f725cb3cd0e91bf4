import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { JobFailure } from "./errors.ts";

/** All files below a directory as relative paths, sorted by code units; empty when the directory is. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/**
 * Packs a directory into a .tar.gz whose bytes depend on names and contents only: sorted, without times and owners.
 * Empty directories are left out.
 */
export async function packDirectory(directory: string, target: string): Promise<void> {
  // Loaded with the first job: no start of the cloud should wait for it.
  const { create } = await import("tar");
  const files = await listFiles(directory);
  const pack = create(
    { cwd: directory, gzip: { level: 6 }, portable: true, mtime: new Date(0), follow: false, jobs: 1 },
    files.length > 0 ? files.map((file) => `./${file}`) : ["."],
  );
  await pipeline(pack as unknown as NodeJS.ReadableStream, createWriteStream(target));
}

/** Unpacks a .tar.gz. Entries that lead out of the directory are refused. Throws JobFailure for a broken archive. */
export async function unpackArchive(path: string, directory: string, name: string): Promise<void> {
  const { extract } = await import("tar");
  try {
    await extract({ file: path, cwd: directory, strict: true, preserveOwner: false });
  } catch (error) {
    throw new JobFailure("ClientError", `${name} is not a readable tar.gz archive: ${(error as Error).message}`);
  }
}
