import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LogEvent } from "./types.ts";

/** What a stream's description tells about its events. */
export interface StreamSummary {
  readonly firstMillis: number | undefined;
  readonly lastMillis: number | undefined;
  readonly lastIngestionMillis: number | undefined;
  readonly storedBytes: number;
}

/** AWS counts 26 bytes for each event besides its message. */
const EVENT_OVERHEAD_BYTES = 26;

/** The events of one log stream in a file of its own: one JSON line `[timestamp, ingestion, message]` an event. */
export class StreamFile {
  readonly #path: string;
  #summary: StreamSummary | undefined;

  constructor(directory: string, group: string, stream: string) {
    this.#path = join(directory, fileName(group), `${fileName(stream)}.jsonl`);
  }

  append(events: readonly LogEvent[]): void {
    const summary = this.summary();
    mkdirSync(dirname(this.#path), { recursive: true });
    const lines = events.map((event) => JSON.stringify([event.timestampMillis, event.ingestionMillis, event.message]));
    appendFileSync(this.#path, `${lines.join("\n")}\n`);
    this.#summary = events.reduce(withEvent, summary);
  }

  /** All events in order of their timestamps; events of the same time stay in the order of arrival. */
  read(): LogEvent[] {
    if (!existsSync(this.#path)) return [];
    const events: LogEvent[] = [];
    for (const line of readFileSync(this.#path, "utf8").split("\n")) {
      const event = line === "" ? undefined : parseLine(line);
      if (event) events.push(event);
    }
    return events.sort((a, b) => a.timestampMillis - b.timestampMillis);
  }

  summary(): StreamSummary {
    this.#summary ??= this.read().reduce(withEvent, {
      firstMillis: undefined,
      lastMillis: undefined,
      lastIngestionMillis: undefined,
      storedBytes: 0,
    });
    return this.#summary;
  }

  remove(): void {
    rmSync(this.#path, { force: true });
    this.#summary = undefined;
  }
}

function withEvent(summary: StreamSummary, event: LogEvent): StreamSummary {
  return {
    firstMillis: Math.min(summary.firstMillis ?? event.timestampMillis, event.timestampMillis),
    lastMillis: Math.max(summary.lastMillis ?? event.timestampMillis, event.timestampMillis),
    lastIngestionMillis: event.ingestionMillis,
    storedBytes: summary.storedBytes + Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES,
  };
}

function parseLine(line: string): LogEvent | undefined {
  try {
    const [timestampMillis, ingestionMillis, message] = JSON.parse(line) as [number, number, string];
    return { timestampMillis, ingestionMillis, message };
  } catch (error) {
    // A killed process may leave half a line.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Names may be longer than a file name and hold any character: a readable part and a hash. */
function fileName(name: string): string {
  const readable = name.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 60);
  return `${readable}-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}
