import { AwsError } from "./aws-error.ts";

/**
 * Encodes plain data as CBOR (RFC 8949) as far as AWS's RPC v2 CBOR protocol uses it: maps with text keys, lists, text,
 * bytes, integers, doubles, booleans, null, and dates as tag 1 (epoch seconds). Members that are `undefined` are left out.
 */
export function encodeCbor(value: unknown): Uint8Array {
  const chunks: Uint8Array[] = [];
  write(value, chunks);
  return Buffer.concat(chunks);
}

function write(value: unknown, chunks: Uint8Array[]): void {
  if (value === null || value === undefined) chunks.push(Buffer.of(0xf6));
  else if (typeof value === "boolean") chunks.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value)) chunks.push(value >= 0 ? head(0, value) : head(1, -1 - value));
    else chunks.push(double(value));
  } else if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    chunks.push(head(3, bytes.length), bytes);
  } else if (value instanceof Uint8Array) chunks.push(head(2, value.length), value);
  else if (value instanceof Date) chunks.push(Buffer.of(0xc1), double(value.getTime() / 1_000));
  else if (Array.isArray(value)) {
    chunks.push(head(4, value.length));
    for (const item of value) write(item, chunks);
  } else {
    const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
    chunks.push(head(5, entries.length));
    for (const [key, item] of entries) {
      write(key, chunks);
      write(item, chunks);
    }
  }
}

function double(value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = 0xfb;
  buffer.writeDoubleBE(value, 1);
  return buffer;
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  if (argument < 0x1_0000) return Buffer.of(type | 25, argument >> 8, argument & 0xff);
  const wide = argument >= 0x1_0000_0000;
  const buffer = Buffer.alloc(wide ? 9 : 5);
  buffer[0] = type | (wide ? 27 : 26);
  if (wide) buffer.writeBigUInt64BE(BigInt(argument), 1);
  else buffer.writeUInt32BE(argument, 1);
  return buffer;
}

const BREAK = Symbol("break");
const MAX_DEPTH = 64;

/** Decodes one CBOR item; integers beyond 2^53 lose precision. Throws SerializationException for what is not CBOR. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (value === BREAK || !reader.atEnd()) throw malformed("unexpected data after the value");
  return value;
}

function malformed(detail: string): AwsError {
  return new AwsError("SerializationException", 400, `The request body is not valid CBOR: ${detail}`);
}

class Reader {
  readonly #view: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.#offset === this.#view.length;
  }

  item(depth: number): unknown {
    if (depth > MAX_DEPTH) throw malformed("nested too deeply");
    const initial = this.#take(1)[0] ?? 0;
    const major = initial >> 5;
    const info = initial & 31;
    if (major === 7) return this.#simple(info);
    const length = info === 31 ? undefined : this.#argument(info);
    if (major === 0) return length;
    if (major === 1) return -1 - (length ?? 0);
    if (major === 2) return length === undefined ? Buffer.concat(this.#chunks(depth) as Buffer[]) : this.#take(length);
    if (major === 3) {
      return length === undefined ? (this.#chunks(depth) as string[]).join("") : this.#take(length).toString("utf8");
    }
    if (major === 4) return this.#list(length, depth);
    if (major === 5) return this.#map(length, depth);
    return tagged(length ?? 0, this.item(depth + 1));
  }

  #take(count: number): Buffer {
    if (this.#offset + count > this.#view.length) throw malformed("it ends too early");
    this.#offset += count;
    return this.#view.subarray(this.#offset - count, this.#offset);
  }

  #argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.#take(1).readUInt8();
    if (info === 25) return this.#take(2).readUInt16BE();
    if (info === 26) return this.#take(4).readUInt32BE();
    if (info === 27) return Number(this.#take(8).readBigUInt64BE());
    throw malformed(`reserved length ${info}`);
  }

  #simple(info: number): unknown {
    if (info === 20) return false;
    if (info === 21) return true;
    if (info === 22 || info === 23) return null;
    if (info === 25) return halfFloat(this.#take(2).readUInt16BE());
    if (info === 26) return this.#take(4).readFloatBE();
    if (info === 27) return this.#take(8).readDoubleBE();
    if (info === 31) return BREAK;
    throw malformed(`simple value ${info}`);
  }

  #chunks(depth: number): unknown[] {
    return this.#list(undefined, depth);
  }

  #list(length: number | undefined, depth: number): unknown[] {
    const result: unknown[] = [];
    while (length === undefined || result.length < length) {
      const value = this.item(depth + 1);
      if (value === BREAK) break;
      result.push(value);
    }
    return result;
  }

  #map(length: number | undefined, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    while (length === undefined || entries.length < length) {
      const key = this.item(depth + 1);
      if (key === BREAK) break;
      entries.push([String(key), this.item(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }
}

function tagged(tag: number, value: unknown): unknown {
  if (tag === 1) return new Date(Math.round(Number(value) * 1_000));
  return value;
}

/** IEEE 754 binary16, RFC 8949 appendix D. */
function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (fraction + 1_024) * 2 ** (exponent - 25);
}
