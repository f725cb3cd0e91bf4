import { MODEL_NAME_PATTERN } from "../../definition/schema.ts";
import { type Reason, wholeReason } from "../reason.ts";
import { shownValue, utf8 } from "../text.ts";

/** An upload's place: the model, and the path below `<model>/incoming/`. */
export interface IncomingKey {
  model: string;
  path: string;
  /** Last part of the path, made safe for use in another key: at most 100 characters of letters, digits, `.`, `_`, `-`. */
  fileName: string;
}

const MAX_PATH_BYTES = 512;

function safeName(path: string): string {
  const last = path.split("/").at(-1) ?? "";
  const safe = last.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_");
  return safe.length <= 100 ? safe || "file" : `${safe.slice(0, 60)}-${safe.slice(-39)}`;
}

/**
 * Reads the key of an uploaded object (decoded, not URL-encoded): `<model>/incoming/<path>`.
 * Empty objects whose key ends with a slash are the folder markers of the S3 console and no uploads: skip them before.
 *
 * @returns the place, and the reason when the path is one that is not accepted; null when the key is not of that form
 */
export function readIncomingKey(key: string): { place: IncomingKey; reason: Reason | null } | null {
  const [model = "", folder, ...rest] = key.split("/");
  if (folder !== "incoming" || !MODEL_NAME_PATTERN.test(model)) return null;
  const path = rest.join("/");
  const place = { model, path, fileName: safeName(path) };
  const problem = pathProblem(path, rest);
  return { place, reason: problem === undefined ? null : wholeReason("key-path", problem) };
}

function pathProblem(path: string, parts: readonly string[]): string | undefined {
  const allowed = "use a name such as 2026-01.csv, in folders if you like";
  if (path === "") return `the key has no file name after incoming/; ${allowed}`;
  if (path.endsWith("/")) return `the key ends with a slash, as folder markers do; ${allowed}`;
  if (parts.some((part) => part === "." || part === ".."))
    return `the path ${JSON.stringify(shownValue(path))} has "." or ".." in it; ${allowed}`;
  if (parts.slice(0, -1).includes(""))
    return `the path ${JSON.stringify(shownValue(path))} has an empty part; ${allowed}`;
  if (path.includes("\\")) return `the path ${JSON.stringify(shownValue(path))} has a backslash; ${allowed}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path))
    return `the path ${JSON.stringify(shownValue(path))} has control characters; ${allowed}`;
  const sizeBytes = utf8(path).length;
  if (sizeBytes > MAX_PATH_BYTES)
    return `the path has ${sizeBytes} bytes, at most ${MAX_PATH_BYTES} are accepted; ${allowed}`;
  return undefined;
}
