/** What the first bytes of a file say that it is, when it is neither CSV nor JSON Lines in UTF-8. */
export interface Magic {
  rule: "compressed" | "encoding" | "format";
  /** What the file seems to be. */
  found: string;
}

/** Number of bytes that `detectMagic` wants to see, if the file has so many. */
export const MAGIC_BYTES = 64;

const SIGNATURES: readonly (Magic & { bytes: readonly number[] })[] = [
  { rule: "compressed", found: "gzip", bytes: [0x1f, 0x8b] },
  { rule: "compressed", found: "a zip archive (or an Excel workbook)", bytes: [0x50, 0x4b, 0x03, 0x04] },
  { rule: "compressed", found: "an empty zip archive", bytes: [0x50, 0x4b, 0x05, 0x06] },
  { rule: "compressed", found: "zstd", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { rule: "compressed", found: "bzip2", bytes: [0x42, 0x5a, 0x68] },
  { rule: "compressed", found: "xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { rule: "compressed", found: "7-Zip", bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { rule: "compressed", found: "LZ4", bytes: [0x04, 0x22, 0x4d, 0x18] },
  { rule: "compressed", found: "Snappy", bytes: [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50] },
  { rule: "format", found: "Parquet", bytes: [0x50, 0x41, 0x52, 0x31] },
  { rule: "format", found: "Arrow", bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31] },
  { rule: "format", found: "Avro", bytes: [0x4f, 0x62, 0x6a, 0x01] },
  { rule: "format", found: "ORC", bytes: [0x4f, 0x52, 0x43, 0x0a] },
  { rule: "format", found: "PDF", bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { rule: "format", found: "an old Excel workbook", bytes: [0xd0, 0xcf, 0x11, 0xe0] },
  { rule: "format", found: "SQLite", bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66] },
  { rule: "encoding", found: "UTF-32 (little-endian)", bytes: [0xff, 0xfe, 0x00, 0x00] },
  { rule: "encoding", found: "UTF-32 (big-endian)", bytes: [0x00, 0x00, 0xfe, 0xff] },
  { rule: "encoding", found: "UTF-16 (little-endian)", bytes: [0xff, 0xfe] },
  { rule: "encoding", found: "UTF-16 (big-endian)", bytes: [0xfe, 0xff] },
];

/** Recognises archives, binary formats and UTF-16 from the first bytes of a file; undefined for what may be text. */
export function detectMagic(head: Uint8Array): Magic | undefined {
  // A header line may begin with the letters of a signature, PAR1 for instance; a binary file is never all printable.
  const printable = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  for (const { bytes, rule, found } of SIGNATURES) {
    if (printable && found !== "PDF") continue;
    if (bytes.length <= head.length && bytes.every((byte, index) => head[index] === byte)) return { rule, found };
  }
  let even = 0;
  let odd = 0;
  for (const [index, byte] of head.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even++;
    else odd++;
  }
  const half = Math.floor(head.length / 2);
  if (half >= 4 && odd >= half * 0.8 && even === 0)
    return { rule: "encoding", found: "UTF-16 (little-endian) without a mark" };
  if (half >= 4 && even >= half * 0.8 && odd === 0)
    return { rule: "encoding", found: "UTF-16 (big-endian) without a mark" };
  return undefined;
}
