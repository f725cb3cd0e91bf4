import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { invalidParameter } from "../errors.ts";

const inflate = promisify(inflateRaw);
const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
/** The largest unpacked function that Lambda takes: 250 MiB. */
export const MAX_UNZIPPED_BYTES = 262_144_000;

/** A file of a zip archive. */
export interface ZipFile {
  /** Relative, with `/`; checked not to leave the archive's root. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Unix permission bits, or undefined when the archive does not tell. */
  readonly mode: number | undefined;
  readonly isSymbolicLink: boolean;
}

const broken = (detail: string): Error =>
  invalidParameter(`Could not unzip uploaded file. Please check your file, then try to upload again. (${detail})`);

/** Refuses names that would leave the target directory: absolute ones, drive letters, `..`, backslashes. */
function checkedPath(name: string): string {
  const unsafe =
    name === "" ||
    name.startsWith("/") ||
    name.includes("\\") ||
    name.includes("\0") ||
    /^[a-zA-Z]:/.test(name) ||
    name.split("/").includes("..");
  if (unsafe) throw broken(`unsafe entry name ${JSON.stringify(name)}`);
  return name;
}

function findEnd(archive: Buffer): number {
  // The end record is 22 bytes and a comment of at most 65,535.
  for (let at = archive.length - 22; at >= Math.max(0, archive.length - 65_557); at -= 1) {
    if (archive.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw broken("no end of central directory");
}

/**
 * Yields the files of a zip archive (stored and deflated entries; directories are left out). Throws
 * InvalidParameterValueException on damage, encryption, ZIP64, unsafe names and more than 250 MiB unpacked.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* readZip(archive: Buffer): AsyncGenerator<ZipFile> {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  const start = archive.readUInt32LE(end + 16);
  let at = start;
  if (count === 0xffff || at === 0xffffffff) throw broken("ZIP64 is not supported");
  let totalBytes = 0;
  for (let entry = 0; entry < count; entry += 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw broken("damaged directory");
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const sizeBytes = archive.readUInt32LE(at + 24);
    const mode = archive.readUInt32LE(at + 38) >>> 16;
    const header = {
      flags: archive.readUInt16LE(at + 8),
      method: archive.readUInt16LE(at + 10),
      checksum: archive.readUInt32LE(at + 16),
      packedBytes: archive.readUInt32LE(at + 20),
      sizeBytes,
      localAt: archive.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    totalBytes += sizeBytes;
    if (totalBytes > MAX_UNZIPPED_BYTES) {
      throw invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
    }
    const path = checkedPath(name);
    if (path.endsWith("/")) continue;
    yield {
      path,
      bytes: await unpack(archive, header, path),
      mode: mode === 0 ? undefined : mode & 0o777,
      isSymbolicLink: (mode & 0o170000) === 0o120000,
    };
  }
  if (at - start !== archive.readUInt32LE(end + 12)) throw broken("damaged directory");
}

async function unpack(
  archive: Buffer,
  header: { flags: number; method: number; checksum: number; packedBytes: number; sizeBytes: number; localAt: number },
  path: string,
): Promise<Buffer> {
  const { localAt } = header;
  if (header.flags & 1) throw broken(`${path} is encrypted`);
  if (localAt + 30 > archive.length || archive.readUInt32LE(localAt) !== LOCAL_SIGNATURE)
    throw broken(`${path} is damaged`);
  const start = localAt + 30 + archive.readUInt16LE(localAt + 26) + archive.readUInt16LE(localAt + 28);
  const packed = archive.subarray(start, start + header.packedBytes);
  if (packed.length !== header.packedBytes) throw broken(`${path} is cut off`);
  let bytes: Buffer;
  if (header.method === 0) bytes = packed;
  else if (header.method === 8) {
    try {
      bytes = packed.length === 0 ? packed : await inflate(packed, { maxOutputLength: Math.max(1, header.sizeBytes) });
    } catch (cause) {
      throw broken(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  } else throw broken(`${path} uses compression method ${header.method}`);
  if (bytes.length !== header.sizeBytes || crc32(bytes) !== header.checksum) throw broken(`${path} is damaged`);
  return bytes;
}
