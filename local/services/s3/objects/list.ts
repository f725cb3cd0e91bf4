import { compareKeys } from "../store/key-order.ts";
import type { KeyEntry, ObjectState } from "../store/object-state.ts";
import type { ObjectVersion } from "../store/records.ts";

/** What to list. `after` is exclusive: a key, or a common prefix that was already given. */
export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly maxKeys: number;
}

/** One page. `last` is the key or common prefix that the next page follows. */
export interface ListPage {
  readonly objects: readonly ObjectVersion[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  readonly last: string | undefined;
}

/** The common prefix that a key rolls up into, if any. */
export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** Current objects of a bucket in UTF-8 binary order, keys under a delimiter rolled up; costs in proportion to the page. */
export function listPage(state: ObjectState, request: ListRequest): ListPage {
  state.bucket(request.bucket);
  const { prefix, delimiter, after, maxKeys } = request;
  const index = state.index(request.bucket);
  const objects: ObjectVersion[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let entry = compareKeys(after, prefix) >= 0 && after !== "" ? index.after(after) : index.atOrAfter(prefix);
  while (entry?.key.startsWith(prefix)) {
    const newest = entry.versions[0];
    if (newest === undefined || newest.deleteMarker) {
      entry = index.after(entry.key);
      continue;
    }
    const rolled = commonPrefixOf(entry.key, prefix, delimiter);
    if (rolled !== undefined && compareKeys(rolled, after) <= 0) {
      entry = index.afterPrefix(rolled);
      continue;
    }
    if (objects.length + commonPrefixes.length >= maxKeys)
      return { objects, commonPrefixes, truncated: maxKeys > 0, last };
    if (rolled === undefined) {
      objects.push(newest);
      last = entry.key;
      entry = index.after(entry.key);
    } else {
      commonPrefixes.push(rolled);
      last = rolled;
      entry = index.afterPrefix(rolled);
    }
  }
  return { objects, commonPrefixes, truncated: false, last };
}

/** What versions to list, behind a key and version (both exclusive). */
export interface ListVersionsRequest extends Omit<ListRequest, "after"> {
  readonly keyMarker: string;
  readonly versionIdMarker: string | undefined;
}

/** One page of versions, newest first within a key; the markers name the last one given. */
export interface ListVersionsPage {
  readonly versions: readonly { readonly version: ObjectVersion; readonly isLatest: boolean }[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
}

/** All versions and delete markers of a bucket, in order of key and then newest first. */
export function listVersionsPage(state: ObjectState, request: ListVersionsRequest): ListVersionsPage {
  state.bucket(request.bucket);
  const { prefix, delimiter, keyMarker, versionIdMarker, maxKeys } = request;
  const index = state.index(request.bucket);
  const versions: { version: ObjectVersion; isLatest: boolean }[] = [];
  const commonPrefixes: string[] = [];
  let nextKeyMarker: string | undefined;
  let nextVersionIdMarker: string | undefined;
  const page = (truncated: boolean): ListVersionsPage => ({
    versions,
    commonPrefixes,
    truncated,
    nextKeyMarker: truncated ? nextKeyMarker : undefined,
    nextVersionIdMarker: truncated ? nextVersionIdMarker : undefined,
  });
  const full = (): boolean => versions.length + commonPrefixes.length >= maxKeys;
  let entry: KeyEntry | undefined;
  if (keyMarker !== "" && compareKeys(keyMarker, prefix) >= 0) {
    entry = versionIdMarker === undefined ? index.after(keyMarker) : index.atOrAfter(keyMarker);
  } else {
    entry = index.atOrAfter(prefix);
  }
  while (entry?.key.startsWith(prefix)) {
    const rolled = commonPrefixOf(entry.key, prefix, delimiter);
    if (rolled !== undefined) {
      if (compareKeys(rolled, keyMarker) > 0) {
        if (full()) return page(maxKeys > 0);
        commonPrefixes.push(rolled);
        nextKeyMarker = rolled;
        nextVersionIdMarker = undefined;
      }
      entry = index.afterPrefix(rolled);
      continue;
    }
    let skipping = entry.key === keyMarker && versionIdMarker !== undefined;
    for (const [position, version] of entry.versions.entries()) {
      if (skipping) {
        if (version.versionId === versionIdMarker) skipping = false;
        continue;
      }
      if (full()) return page(maxKeys > 0);
      versions.push({ version, isLatest: position === 0 });
      nextKeyMarker = entry.key;
      nextVersionIdMarker = version.versionId;
    }
    entry = index.after(entry.key);
  }
  return page(false);
}
