/**
 * Unpacks one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) of known unpacked size. Never writes more.
 *
 * @throws Error when the block makes no sense or unpacks to another size
 */
export function unpackLz4Block(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  let from = 0;
  let to = 0;
  const length = (short: number): number => {
    let total = short;
    if (short < 15) return total;
    for (;;) {
      const more = packed[from++];
      if (more === undefined) throw damaged();
      total += more;
      if (more < 255) return total;
    }
  };
  while (from < packed.length) {
    const token = packed[from++] as number;
    const literals = length(token >> 4);
    if (from + literals > packed.length || to + literals > sizeBytes) throw damaged();
    out.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence has literals only.
    if (from === packed.length) break;
    const distance = (packed[from] ?? 0) | ((packed[from + 1] ?? 0) << 8);
    from += 2;
    const match = length(token & 15) + MINIMUM_MATCH;
    if (from > packed.length || distance === 0 || distance > to || to + match > sizeBytes) throw damaged();
    // Byte by byte: a match may overlap what it writes.
    for (const end = to + match; to < end; to++) out[to] = out[to - distance] as number;
  }
  if (to !== sizeBytes) throw damaged();
  return out;
}

const MINIMUM_MATCH = 4;
const HADOOP_HEADER_BYTES = 8;

/**
 * Unpacks a page of Parquet's older codec LZ4: blocks in Hadoop's framing (unpacked and packed size, 4 bytes each, big-endian), or one bare block as
 * some writers have left it (https://github.com/apache/parquet-format/blob/master/Compression.md).
 *
 * @throws Error when it is neither
 */
export function unpackLz4Page(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const out = new Uint8Array(sizeBytes);
  let from = 0;
  let to = 0;
  while (from + HADOOP_HEADER_BYTES <= packed.length) {
    const unpackedBytes = view.getUint32(from);
    const packedBytes = view.getUint32(from + 4);
    from += HADOOP_HEADER_BYTES;
    if (from + packedBytes > packed.length || to + unpackedBytes > sizeBytes) return unpackLz4Block(packed, sizeBytes);
    out.set(unpackLz4Block(packed.subarray(from, from + packedBytes), unpackedBytes), to);
    from += packedBytes;
    to += unpackedBytes;
  }
  return from === packed.length && to === sizeBytes ? out : unpackLz4Block(packed, sizeBytes);
}

function damaged(): Error {
  return new Error("an LZ4 block is damaged");
}
