/** What is known about an object version. */
export interface ObjectInfo {
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  /** Opaque tag of the content, for conditional writes. */
  readonly etag: string;
}

/** One entry of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/** What a finished streaming write has stored. */
export interface WrittenObject {
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, 64 hex digits. */
  readonly sha256: string;
}

/** A streaming write whose memory does not grow with the object: `write` waits while the store is behind. */
export interface ObjectWriter {
  /** Appends bytes, which are copied at once; waits while the store is behind. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the object visible. */
  close(): Promise<WrittenObject>;
  /** Leaves no object and no parts behind. */
  abort(): Promise<void>;
}

/** Where something lies. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * Versioned objects in the data and the artifact bucket. Methods that look for one object give null when it does
 * not exist; everything else that fails throws an MlopsError.
 */
export interface ObjectStore {
  /** Facts about an object version (the newest when none is named); null when it does not exist or is deleted. */
  head(location: ObjectLocation): Promise<ObjectInfo | null>;
  /** Opens the content for streaming, or the bytes [from, to) of it; `info.sizeBytes` is always the whole object's. */
  read(
    location: ObjectLocation,
    range?: { readonly from: number; readonly to: number },
  ): Promise<{ readonly info: ObjectInfo; readonly body: AsyncIterable<Uint8Array> } | null>;
  /** Reads a small object as UTF-8 text. */
  readText(location: ObjectLocation): Promise<{ readonly text: string; readonly info: ObjectInfo } | null>;
  /**
   * Writes a small object. With `ifMatch` only over that etag, with `ifNoneMatch` only when there is none.
   * @returns null when the condition did not hold
   */
  writeText(
    location: ObjectLocation,
    text: string,
    options?: { readonly contentType?: string; readonly ifMatch?: string; readonly ifNoneMatch?: true },
  ): Promise<WrittenObject | null>;
  openWriter(location: ObjectLocation, contentType: string): ObjectWriter;
  /** Copies an object version of any size within or between the buckets. The copy has the given tags, not those of its source. */
  copy(from: ObjectLocation, to: ObjectLocation, tags?: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes an object version, or puts a delete marker when no version is named. Deleting twice is fine. */
  delete(location: ObjectLocation): Promise<void>;
  /** All objects below a prefix, sorted by key; `startAfter` leaves out keys up to and including it. */
  list(bucket: string, prefix: string, startAfter?: string): AsyncIterable<ListedObject>;
}
