import { crc32 } from "node:zlib";

/** One file of a ZIP archive; `mode` are its Unix permission bits. */
export interface ZipEntry {
  /** Path with forward slashes. */
  readonly name: string;
  readonly data: Uint8Array;
  readonly mode: number;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const UTF8_NAMES = 0x0800;
const UNIX = 3 << 8;
// 1980-01-01, the first day that ZIP knows: the same files always give the same archive.
const DOS_DATE = 0x21;
const MAX_BYTES = 0xffff_ffff;

/**
 * Writes a ZIP archive (APPNOTE 6.3, stored without compression: it is unpacked again on the same machine).
 * Throws RangeError above 4 GiB or 65,535 files.
 */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  if (entries.length > 0xffff) throw new RangeError(`a ZIP archive holds at most 65535 files, got ${entries.length}`);
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, "utf8");
    const checksum = crc32(entry.data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(LOCAL_HEADER, 0);
    writeCommon(local, 4, entry, name, checksum);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL_HEADER, 0);
    central.writeUInt16LE(UNIX | 20, 4);
    writeCommon(central, 6, entry, name, checksum);
    central.writeUInt32LE((0o100000 | entry.mode) * 0x10000, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, name, entry.data);
    directory.push(central, name);
    offset += local.length + name.length + entry.data.length;
    if (offset > MAX_BYTES) throw new RangeError("a ZIP archive without ZIP64 holds at most 4 GiB");
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_OF_DIRECTORY, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The fields that the local and the central header share, from "version needed" on. */
function writeCommon(header: Buffer, start: number, entry: ZipEntry, name: Buffer, checksum: number): void {
  header.writeUInt16LE(20, start);
  header.writeUInt16LE(UTF8_NAMES, start + 2);
  header.writeUInt16LE(DOS_DATE, start + 8);
  header.writeUInt32LE(checksum, start + 10);
  header.writeUInt32LE(entry.data.length, start + 14);
  header.writeUInt32LE(entry.data.length, start + 18);
  header.writeUInt16LE(name.length, start + 22);
}
