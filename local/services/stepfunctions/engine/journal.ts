import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Frame, HistoryEvent } from "./records.ts";

/** What changed in one step of an execution: written with one append, so that it is kept whole or not at all. */
export interface JournalEntry {
  readonly events?: readonly HistoryEvent[];
  readonly frames?: readonly Frame[];
  readonly removed?: readonly number[];
}

/** What a journal says after all its entries. */
export interface JournalState {
  readonly events: HistoryEvent[];
  readonly frames: Map<number, Frame>;
}

/**
 * The append-only file of one execution: its history and the checkpoint of its frames. Every entry is on its way to
 * the disk (in the operating system's hands) when `append` returns, so that killing the process loses nothing.
 */
export class Journal {
  readonly path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  append(entry: JournalEntry): void {
    if (this.#fd === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.#fd = openSync(this.path, "a");
    }
    writeSync(this.#fd, `${JSON.stringify(entry)}\n`);
  }

  /** Deletes the file, when there is one. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Reads everything back; a torn last line (killed while writing) is cut off the file. Throws when any other line is damaged. */
  read(): JournalState {
    const events: HistoryEvent[] = [];
    const frames = new Map<number, Frame>();
    if (!existsSync(this.path)) return { events, frames };
    const text = readFileSync(this.path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(this.path, Buffer.byteLength(whole));
    for (const [index, line] of whole.split("\n").entries()) {
      if (line === "") continue;
      const entry = parseLine(line, this.path, index + 1);
      events.push(...(entry.events ?? []));
      for (const frame of entry.frames ?? []) frames.set(frame.id, frame);
      for (const id of entry.removed ?? []) frames.delete(id);
    }
    return { events, frames };
  }
}

function parseLine(line: string, path: string, number: number): JournalEntry {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch (error) {
    throw new Error(`${path}: line ${number} is not valid JSON; the execution's journal is damaged`, { cause: error });
  }
}
