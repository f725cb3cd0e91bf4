import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import type { ObjectInfo, ObjectLocation, ObjectStore, ObjectWriter } from "../../app/ports/object-store.ts";

/**
 * One file on this machine as the only object of a store; what is written is counted and thrown away. For looking at a file with the
 * use cases of the cloud, without a cloud.
 */
export function fileObjects(path: string): ObjectStore {
  const info = (location: ObjectLocation): ObjectInfo => ({
    key: location.key,
    versionId: location.versionId ?? "null",
    sizeBytes: statSync(path).size,
    etag: "",
  });
  const refuse = (what: string) => async (): Promise<never> => {
    throw new Error(`a single file cannot ${what}`);
  };
  return {
    head: async (location) => info(location),
    read: async (location, range) => ({
      info: info(location),
      body: createReadStream(path, {
        highWaterMark: 1 << 20,
        ...(range === undefined ? {} : { start: range.from, end: range.to - 1 }),
      }),
    }),
    readText: refuse("be read as text"),
    writeText: refuse("take small objects"),
    openWriter: (location) => discard(location.key),
    copy: refuse("be copied"),
    delete: refuse("be deleted"),
    list: () => {
      throw new Error("a single file cannot be listed");
    },
  };
}

function discard(key: string): ObjectWriter {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  return {
    write: async (chunk) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
    },
    close: async () => ({ key, versionId: "null", sizeBytes, sha256: hash.digest("hex") }),
    abort: async () => undefined,
  };
}
