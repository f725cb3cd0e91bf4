import type { Cloud } from "../../../kernel/cloud.ts";
import type { DurableMap } from "../../../kernel/durable-map.ts";
import { noSuchBucket, noSuchKey, noSuchVersion } from "../errors.ts";
import { DataFiles } from "./data-files.ts";
import { KeyIndex } from "./key-index.ts";
import { type Bucket, NULL_VERSION, type ObjectVersion } from "./records.ts";
import { UploadState } from "./upload-state.ts";

/** All versions of one key, newest first. Never empty while in the index. */
export interface KeyEntry {
  readonly key: string;
  versions: ObjectVersion[];
}

const recordKey = (version: Pick<ObjectVersion, "bucket" | "versionId" | "key">): string =>
  `${version.bucket}/${version.versionId}/${version.key}`;

/**
 * Buckets, object versions and uploads: durable records, and the ordered index over them in memory. Every change is one
 * durable write, made synchronously with the check before it, so that no reader sees half of it.
 */
export class ObjectState {
  readonly cloud: Cloud;
  readonly files: DataFiles;
  readonly uploads: UploadState;
  readonly buckets: DurableMap<Bucket>;
  readonly #versions: DurableMap<ObjectVersion>;
  readonly #indexes = new Map<string, KeyIndex<KeyEntry>>();
  #sequence = 0;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.files = new DataFiles(cloud.directory("s3"));
    this.uploads = new UploadState(cloud);
    this.buckets = cloud.table<Bucket>("s3", "buckets");
    this.#versions = cloud.table<ObjectVersion>("s3", "objects");
    const known = new Set<string>();
    for (const version of [...this.#versions.values()].sort((a, b) => a.sequence - b.sequence)) {
      this.#entry(version.bucket, version.key).versions.unshift(version);
      this.#sequence = Math.max(this.#sequence, version.sequence);
      known.add(version.file);
    }
    for (const part of this.uploads.allParts()) known.add(part.file);
    const removed = this.files.sweep((name) => known.has(name));
    if (removed > 0) cloud.log("s3", "removed data files of writes that were not finished", { removed });
  }

  /** The bucket, or NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  /** The ordered keys of an existing bucket. */
  index(bucket: string): KeyIndex<KeyEntry> {
    let index = this.#indexes.get(bucket);
    if (index === undefined) {
      index = new KeyIndex<KeyEntry>();
      this.#indexes.set(bucket, index);
    }
    return index;
  }

  /** All versions of a key, newest first. */
  versions(bucket: string, key: string): readonly ObjectVersion[] {
    return this.#indexes.get(bucket)?.get(key)?.versions ?? [];
  }

  /** The newest version when it is an object, undefined when there is none or it is a delete marker. */
  current(bucket: string, key: string): ObjectVersion | undefined {
    const newest = this.versions(bucket, key)[0];
    return newest === undefined || newest.deleteMarker ? undefined : newest;
  }

  /** The named version or the newest one, delete markers included; throws NoSuchBucket, NoSuchKey, NoSuchVersion. */
  find(bucket: string, key: string, versionId: string | undefined): ObjectVersion {
    this.bucket(bucket);
    const versions = this.versions(bucket, key);
    if (versionId === undefined) {
      if (versions[0] === undefined) throw noSuchKey(key);
      return versions[0];
    }
    const found = versions.find((version) => version.versionId === versionId);
    if (found === undefined) throw noSuchVersion(key, versionId);
    return found;
  }

  /** A number above all given before, also across restarts: microseconds of the clock, or one more than the last. */
  nextSequence(): number {
    this.#sequence = Math.max(this.#sequence + 1, this.cloud.now() * 1_000);
    return this.#sequence;
  }

  /** Stores a new version as the newest. One without versioning takes the place of the former `null` version. */
  commit(version: ObjectVersion): void {
    const entry = this.#entry(version.bucket, version.key);
    const replaced =
      version.versionId === NULL_VERSION ? entry.versions.find((other) => other.versionId === NULL_VERSION) : undefined;
    this.#versions.set(recordKey(version), version);
    entry.versions = [version, ...entry.versions.filter((other) => other !== replaced)];
    if (replaced !== undefined && replaced.file !== "") this.files.remove(replaced.file);
  }

  /** Changes the tags of a version in place; its position and sequence stay. */
  retag(version: ObjectVersion, tags: Readonly<Record<string, string>>): void {
    const changed = { ...version, tags };
    const entry = this.#entry(version.bucket, version.key);
    this.#versions.set(recordKey(version), changed);
    entry.versions = entry.versions.map((other) => (other === version ? changed : other));
  }

  /** Removes one version and its bytes for good. */
  remove(version: ObjectVersion): void {
    this.#versions.delete(recordKey(version));
    const index = this.index(version.bucket);
    const entry = index.get(version.key);
    if (entry !== undefined) {
      entry.versions = entry.versions.filter((other) => other.versionId !== version.versionId);
      if (entry.versions.length === 0) index.delete(version.key);
    }
    if (version.file !== "") this.files.remove(version.file);
  }

  /** Forgets the index of a deleted bucket. */
  dropIndex(bucket: string): void {
    this.#indexes.delete(bucket);
  }

  #entry(bucket: string, key: string): KeyEntry {
    const index = this.index(bucket);
    let entry = index.get(key);
    if (entry === undefined) {
      entry = { key, versions: [] };
      index.insert(entry);
    }
    return entry;
  }
}
