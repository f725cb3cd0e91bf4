import { damagedCompression, windowTooLarge } from "../rules/compressed.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Largest window that is given to a frame; the tool's default levels need at most 8 MiB. */
export const MAX_ZSTD_WINDOW_BYTES = 64 * 1024 * 1024;

const FRAME_MAGIC = 0xfd2fb528;
const MAX_BLOCK_BYTES = 128 * 1024;
/** Longest frame header: magic, descriptor, window, dictionary id, content size. */
const MAX_HEADER_BYTES = 18;

type State = "magic" | "header" | "block-header" | "bytes" | "checksum";

/** Some bytes of a file of frames, of one frame only. */
export interface ZstdPiece {
  readonly bytes: Uint8Array;
  /** Whether a frame ends with it. */
  readonly endsFrame: boolean;
  /** The content checksum of the frame that ends: the low 32 bits of the content's XXH64; null without one. */
  readonly checksum: number | null;
}

/**
 * Walks over zstd frames (RFC 8878) without unpacking them, and cuts them into pieces that hold at most one block each, so that
 * a piece unpacks to at most 128 KiB. Refuses what no honest file needs: huge windows and blocks above the format's limit.
 */
export class ZstdFrames {
  private state: State = "magic";
  /** Bytes of a header that is not complete yet. */
  private held = new Uint8Array(MAX_HEADER_BYTES);
  private heldBytes = 0;
  private wanted = 4;
  /** Bytes of a block or skippable frame that are still to come, and what follows them. */
  private left = 0;
  private next: State = "magic";
  /** Whether the frame that is being read ends with a checksum of its content. */
  hasChecksum = false;
  private checksum: number | null = null;
  private blockLimit = MAX_BLOCK_BYTES;

  /** Gives the chunk in pieces of at most one block. @throws UnreadableFile */
  *pieces(chunk: Uint8Array): Generator<ZstdPiece> {
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.state === "bytes") {
        const taken = Math.min(this.left, chunk.length - at);
        at += taken;
        this.left -= taken;
        if (this.left > 0) break;
        this.enter(this.next);
        yield this.piece(chunk.subarray(from, at));
        from = at;
        continue;
      }
      this.held[this.heldBytes++] = chunk[at++] as number;
      if (this.heldBytes < this.wanted) continue;
      this.readHeader();
      if (!this.isComplete) continue;
      yield this.piece(chunk.subarray(from, at));
      from = at;
    }
    if (from < at) yield { bytes: chunk.subarray(from, at), endsFrame: false, checksum: null };
  }

  private piece(bytes: Uint8Array): ZstdPiece {
    return { bytes, endsFrame: this.isComplete, checksum: this.isComplete ? this.checksum : null };
  }

  /** Whether the file may end here. */
  get isComplete(): boolean {
    return this.state === "magic" && this.heldBytes === 0;
  }

  private enter(state: State): void {
    this.state = state;
    this.heldBytes = 0;
    this.wanted = state === "block-header" ? 3 : state === "header" ? 5 : 4;
  }

  private readHeader(): void {
    const view = new DataView(this.held.buffer);
    if (this.state === "magic") this.readMagic(view.getUint32(0, true));
    else if (this.state === "header") this.readFrameHeader(view);
    else if (this.state === "checksum") this.readChecksum(view.getUint32(0, true));
    else this.readBlockHeader(view.getUint16(0, true) | (view.getUint8(2) << 16));
  }

  private readMagic(magic: number): void {
    const isSkippable = (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
    if (!isSkippable && magic !== FRAME_MAGIC) throw damaged("something that is no zstd frame follows");
    this.state = "header";
    this.checksum = null;
    // A skippable frame has its size here; a frame has its descriptor.
    this.wanted = isSkippable ? 8 : 5;
  }

  private readFrameHeader(view: DataView): void {
    if (view.getUint32(0, true) !== FRAME_MAGIC) {
      this.passOver(view.getUint32(4, true), "magic");
      return;
    }
    const descriptor = view.getUint8(4);
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    const whole = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (this.heldBytes < whole) {
      this.wanted = whole;
      return;
    }
    if (dictionaryBytes > 0) throw damaged("it needs a dictionary, which is not at hand");
    let windowBytes: number;
    if (isSingleSegment) {
      windowBytes = contentSize(view, 5, sizeBytes);
    } else {
      const code = view.getUint8(5);
      const base = 2 ** (10 + (code >> 3));
      windowBytes = base + (base / 8) * (code & 7);
    }
    if (windowBytes > MAX_ZSTD_WINDOW_BYTES)
      throw new UnreadableFile(windowTooLarge(windowBytes, MAX_ZSTD_WINDOW_BYTES));
    this.blockLimit = Math.min(MAX_BLOCK_BYTES, Math.max(windowBytes, 1_024));
    this.hasChecksum = (descriptor & 4) !== 0;
    this.enter("block-header");
  }

  private readBlockHeader(header: number): void {
    const isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw damaged("a block is of no known type");
    if (size > this.blockLimit) throw damaged(`a block of ${size} bytes is above the format's limit`);
    const next = !isLast ? "block-header" : this.hasChecksum ? "checksum" : "magic";
    this.passOver(type === 1 ? 1 : size, next);
  }

  private readChecksum(checksum: number): void {
    this.checksum = checksum;
    this.enter("magic");
  }

  private passOver(bytes: number, next: State): void {
    if (bytes === 0) {
      this.enter(next);
      return;
    }
    this.state = "bytes";
    this.left = bytes;
    this.next = next;
    this.heldBytes = 0;
  }
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function damaged(why: string): UnreadableFile {
  return new UnreadableFile(damagedCompression("zstd", why));
}
