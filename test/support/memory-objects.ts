import { createHash } from "node:crypto";
import type {
  ListedObject,
  ObjectInfo,
  ObjectLocation,
  ObjectStore,
  ObjectWriter,
  WrittenObject,
} from "../../app/ports/object-store.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";

interface Version {
  readonly versionId: string;
  readonly body: Uint8Array | null;
  readonly at: Date;
}

const CHUNK_BYTES = 1_000;

/** Versioned buckets in memory. Reads come in small chunks, so that code which assumes whole files fails. */
export class MemoryObjects implements ObjectStore {
  private readonly objects = new Map<string, Version[]>();
  private counter = 0;

  private versions({ bucket, key }: ObjectLocation): Version[] {
    return this.objects.get(`${bucket}/${key}`) ?? [];
  }

  private find(location: ObjectLocation): { version: Version; body: Uint8Array } | null {
    const all = this.versions(location);
    const version =
      location.versionId === undefined ? all.at(-1) : all.find((item) => item.versionId === location.versionId);
    return version === undefined || version.body === null ? null : { version, body: version.body };
  }

  private info(key: string, { version, body }: { version: Version; body: Uint8Array }): ObjectInfo {
    return { key, versionId: version.versionId, sizeBytes: body.length, etag: `"${hash(body).slice(0, 32)}"` };
  }

  /** Puts an object as people do. */
  store({ bucket, key }: ObjectLocation, body: Uint8Array | string): WrittenObject {
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    const versionId = `v${++this.counter}`;
    this.objects.set(`${bucket}/${key}`, [
      ...this.versions({ bucket, key }),
      { versionId, body: bytes, at: new Date(0) },
    ]);
    return { key, versionId, sizeBytes: bytes.length, sha256: hash(bytes) };
  }

  /** Keys that have a newest version, below a prefix. */
  keys(bucket: string, prefix = ""): string[] {
    return [...this.objects.entries()]
      .filter(([name, versions]) => name.startsWith(`${bucket}/${prefix}`) && versions.at(-1)?.body != null)
      .map(([name]) => name.slice(bucket.length + 1))
      .sort();
  }

  async head(location: ObjectLocation): Promise<ObjectInfo | null> {
    const found = this.find(location);
    return found === null ? null : this.info(location.key, found);
  }

  async read(
    location: ObjectLocation,
    range?: { readonly from: number; readonly to: number },
  ): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> } | null> {
    const found = this.find(location);
    if (found === null) return null;
    return { info: this.info(location.key, found), body: chunks(found.body.subarray(range?.from, range?.to)) };
  }

  async readText(location: ObjectLocation): Promise<{ text: string; info: ObjectInfo } | null> {
    const found = this.find(location);
    if (found === null) return null;
    return { text: Buffer.from(found.body).toString("utf8"), info: this.info(location.key, found) };
  }

  async writeText(
    location: ObjectLocation,
    text: string,
    options: { ifMatch?: string; ifNoneMatch?: true } = {},
  ): Promise<WrittenObject | null> {
    const present = await this.head({ bucket: location.bucket, key: location.key });
    if (options.ifNoneMatch === true && present !== null) return null;
    if (options.ifMatch !== undefined && present?.etag !== options.ifMatch) return null;
    return this.store(location, text);
  }

  openWriter(location: ObjectLocation): ObjectWriter {
    const parts: Uint8Array[] = [];
    let aborted = false;
    return {
      write: async (chunk) => {
        parts.push(Uint8Array.from(chunk));
      },
      close: async () => {
        if (aborted) throw new MlopsError("internal.invariant", "closed after abort");
        return this.store(location, Buffer.concat(parts));
      },
      abort: async () => {
        aborted = true;
      },
    };
  }

  async copy(from: ObjectLocation, to: ObjectLocation): Promise<void> {
    const found = this.find(from);
    if (found === null) throw new MlopsError("cloud.refused", `NoSuchKey: ${from.key}`);
    this.store(to, found.body);
  }

  async delete({ bucket, key, versionId }: ObjectLocation): Promise<void> {
    const all = this.versions({ bucket, key });
    const rest =
      versionId === undefined
        ? [...all, { versionId: `v${++this.counter}`, body: null, at: new Date(0) }]
        : all.filter((version) => version.versionId !== versionId);
    if (rest.length === 0) this.objects.delete(`${bucket}/${key}`);
    else this.objects.set(`${bucket}/${key}`, rest);
  }

  async *list(bucket: string, prefix: string, startAfter = ""): AsyncGenerator<ListedObject> {
    for (const key of this.keys(bucket, prefix)) {
      if (key <= startAfter) continue;
      const info = await this.head({ bucket, key });
      if (info !== null) yield { key, sizeBytes: info.sizeBytes, etag: info.etag, lastModified: new Date(0) };
    }
  }
}

function hash(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

async function* chunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < body.length; from += CHUNK_BYTES) yield body.subarray(from, from + CHUNK_BYTES);
}
