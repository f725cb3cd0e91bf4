import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** One line of the cloud's own log. `time` is ISO 8601. */
export interface LogLine {
  readonly time: string;
  readonly service: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

const MAX_FILE_BYTES = 16 * 1_024 * 1_024;
const MAX_KEPT_LINES = 2_000;
const FLUSH_MILLIS = 20;

/**
 * The cloud's own log: JSON lines in a file, the newest in memory, and followers. Lines are written in small batches;
 * the file is moved to `<path>.1` when it grows beyond 16 MiB.
 */
export class CloudLog {
  readonly #path: string;
  readonly #lines: LogLine[];
  readonly #followers = new Set<(line: LogLine) => void>();
  #pending = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#lines = existsSync(path) ? lastLines(path) : [];
  }

  append(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_KEPT_LINES * 2) this.#lines.splice(0, MAX_KEPT_LINES);
    this.#pending += `${JSON.stringify(line)}\n`;
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MILLIS).unref();
    for (const follower of this.#followers) follower(line);
  }

  /** The newest lines, oldest first, of one service or of all. */
  tail(count: number, service?: string): LogLine[] {
    const lines = service ? this.#lines.filter((line) => line.service === service) : this.#lines;
    return lines.slice(Math.max(0, lines.length - count));
  }

  /** Calls `follower` for every new line until the returned function is called. */
  follow(follower: (line: LogLine) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending === "") return;
    const text = this.#pending;
    this.#pending = "";
    if (existsSync(this.#path) && statSync(this.#path).size > MAX_FILE_BYTES) renameSync(this.#path, `${this.#path}.1`);
    appendFileSync(this.#path, text);
  }
}

/** `12:00:01.234 lambda     message key=value` */
export function formatLogLine(line: LogLine): string {
  const fields = Object.entries(line.fields ?? {})
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  return `${line.time.slice(11, 23)} ${line.service.padEnd(13)} ${line.message}${fields}`;
}

function lastLines(path: string): LogLine[] {
  const lines: LogLine[] = [];
  for (const text of readFileSync(path, "utf8").split("\n").slice(-MAX_KEPT_LINES)) {
    try {
      if (text !== "") lines.push(JSON.parse(text) as LogLine);
    } catch (error) {
      // A killed process may leave half a line; a log may lose it.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return lines;
}
