import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip, gunzipSync } from "node:zlib";
import { JobFailure } from "./errors.ts";

/** Records that travel in one request. `records` are the lines as they were, `body` what the model gets. */
export interface Batch {
  readonly records: readonly string[];
  readonly body: Uint8Array;
}

/** How an object is cut into requests. */
export interface BatchOptions {
  readonly splitByLine: boolean;
  readonly multiRecord: boolean;
  readonly maxPayloadBytes: number;
  readonly gzip: boolean;
  toModel(record: string): string;
}

/** Cuts a file into requests. Blank lines are no records. Throws JobFailure for a record above the payload limit. */
export async function* readBatches(path: string, name: string, options: BatchOptions): AsyncGenerator<Batch> {
  if (!options.splitByLine) {
    const bytes = await readFile(path);
    const content = options.gzip ? gunzipSync(bytes) : bytes;
    requireFit(content.length, name, options);
    const text = content.toString("utf8");
    const sent = options.toModel(text);
    yield { records: [text], body: sent === text ? content : Buffer.from(sent) };
    return;
  }
  let records: string[] = [];
  let lines: string[] = [];
  let size = 0;
  const flush = (): Batch => {
    const batch = { records, body: Buffer.from(`${lines.join("\n")}\n`) };
    [records, lines, size] = [[], [], 0];
    return batch;
  };
  const file = createReadStream(path);
  const input = options.gzip ? file.pipe(createGunzip()) : file;
  for await (const record of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (record.trim() === "") continue;
    const line = options.toModel(record);
    const bytes = Buffer.byteLength(line) + 1;
    requireFit(bytes, name, options);
    if (records.length > 0 && (!options.multiRecord || size + bytes > options.maxPayloadBytes)) yield flush();
    records.push(record);
    lines.push(line);
    size += bytes;
  }
  if (records.length > 0) yield flush();
}

function requireFit(bytes: number, name: string, options: BatchOptions): void {
  if (bytes <= options.maxPayloadBytes) return;
  throw new JobFailure(
    "ClientError",
    `${name}: a payload of ${bytes} bytes is larger than MaxPayloadInMB (${options.maxPayloadBytes / 1024 / 1024} MB)`,
  );
}
