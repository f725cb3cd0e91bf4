/** A file that is read as a table: an object of the data bucket, or a file on disk. */
export interface TableSource {
  /** Name with its extension, which tells the compression. */
  readonly name: string;
  readonly sizeBytes: number;
  /** The whole content from its beginning, in chunks of any size. */
  stream(): AsyncIterable<Uint8Array>;
  /** Bytes [start, end) of the content; only for formats that need random access. */
  range(start: number, end: number): Promise<Uint8Array>;
}
