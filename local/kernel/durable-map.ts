import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * A map in memory whose every change is appended to a log file before the call returns, so that a killed process loses
 * nothing it has acknowledged. The log is compacted when it holds mostly overwritten entries. A torn last line (the
 * process died while writing) is dropped when the log is opened.
 *
 * Values are plain JSON. Each line of the file is `["set", key, value]` or `["delete", key]`.
 */
export class DurableMap<V> {
  readonly #path: string;
  readonly #values = new Map<string, V>();
  #fd: number;
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) this.#load();
    this.#fd = openSync(path, "a");
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Stores the value and returns it; the object must not be changed afterwards without another `set`. */
  set(key: string, value: V): V {
    this.#append(["set", key, value]);
    this.#values.set(key, value);
    return value;
  }

  delete(key: string): boolean {
    if (!this.#values.has(key)) return false;
    this.#append(["delete", key]);
    return this.#values.delete(key);
  }

  /** Entries in order of first insertion. */
  entries(): IterableIterator<[string, V]> {
    return this.#values.entries();
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  clear(): void {
    // Nothing was ever written: no need to wait for the disk.
    if (this.#lines === 0) return;
    this.#values.clear();
    this.#compact();
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(line: unknown[]): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    this.#lines += 1;
    if (this.#lines > 1_000 && this.#lines > this.#values.size * 4) this.#compact();
  }

  #compact(): void {
    const temporary = `${this.#path}.compact`;
    const fd = openSync(temporary, "w");
    for (const [key, value] of this.#values) writeSync(fd, `${JSON.stringify(["set", key, value])}\n`);
    fsyncSync(fd);
    closeSync(fd);
    closeSync(this.#fd);
    renameSync(temporary, this.#path);
    this.#fd = openSync(this.#path, "a");
    this.#lines = this.#values.size;
  }

  #load(): void {
    const text = readFileSync(this.#path, "utf8");
    let torn = false;
    for (const line of text.split("\n")) {
      if (line === "") continue;
      let entry: [string, string, V];
      try {
        entry = JSON.parse(line) as [string, string, V];
      } catch (error) {
        // Only the very last line may be torn; anything else is corruption that a person must see.
        if (text.endsWith(line)) {
          torn = true;
          break;
        }
        throw new Error(
          `${this.#path}: line ${this.#lines + 1} is not valid JSON; delete the state directory or restore the file`,
          { cause: error },
        );
      }
      if (entry[0] === "set") this.#values.set(entry[1], entry[2]);
      else this.#values.delete(entry[1]);
      this.#lines += 1;
    }
    // A torn last line would glue itself to the next append: rewrite the file without it.
    if (torn) truncateSync(this.#path, Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1)));
  }
}
