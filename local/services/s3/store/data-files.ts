import { randomBytes } from "node:crypto";
import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * The files that hold objects' bytes. Their names are random, never made from keys, so no key can reach outside. A file
 * is written under `incoming/` and renamed into `data/` when complete; it is never changed afterwards.
 */
export class DataFiles {
  readonly #directory: string;
  readonly #made = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
    // What a killed process left half written belongs to nobody.
    rmSync(join(directory, "incoming"), { recursive: true, force: true });
    mkdirSync(join(directory, "incoming"), { recursive: true });
    mkdirSync(join(directory, "data"), { recursive: true });
  }

  /** A fresh path to write to. */
  newIncoming(): string {
    return join(this.#directory, "incoming", randomBytes(16).toString("hex"));
  }

  /** Moves a completely written file into its final place; gives the name to remember. */
  adopt(incomingPath: string): string {
    const name = this.#newName();
    renameSync(incomingPath, this.path(name));
    return name;
  }

  /** A second name for the same bytes: a hard link, or a copy where the file system has none. */
  duplicate(name: string): string {
    const second = this.#newName();
    try {
      linkSync(this.path(name), this.path(second));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EMLINK" && code !== "EXDEV") throw error;
      copyFileSync(this.path(name), this.path(second), constants.COPYFILE_FICLONE);
    }
    return second;
  }

  /** The absolute path of a file. */
  path(name: string): string {
    return join(this.#directory, "data", name.slice(0, 2), name);
  }

  remove(name: string): void {
    rmSync(this.path(name), { force: true });
  }

  removeIncoming(path: string): void {
    rmSync(path, { force: true });
  }

  /** Removes files that no record names: the process died between the rename and the commit. Returns how many. */
  sweep(isKnown: (name: string) => boolean): number {
    const data = join(this.#directory, "data");
    let removed = 0;
    for (const shard of readdirSync(data)) {
      for (const name of readdirSync(join(data, shard))) {
        if (isKnown(name)) continue;
        rmSync(join(data, shard, name), { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  #newName(): string {
    const name = randomBytes(16).toString("hex");
    const shard = name.slice(0, 2);
    if (!this.#made.has(shard)) {
      mkdirSync(join(this.#directory, "data", shard), { recursive: true });
      this.#made.add(shard);
    }
    return name;
  }
}
