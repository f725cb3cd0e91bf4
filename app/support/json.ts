import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { Factory } from "../factory.ts";
import type { ObjectLocation } from "../ports/object-store.ts";

/**
 * Reads a JSON document that the factory itself has written.
 *
 * @throws MlopsError `data.object-gone` when it is not there, `internal.invariant` when it is not JSON
 */
export async function readJson<T>(factory: Pick<Factory, "objects">, location: ObjectLocation): Promise<T> {
  const found = await factory.objects.readText(location);
  if (found === null) {
    throw new MlopsError("data.object-gone", `s3://${location.bucket}/${location.key} does not exist any more`);
  }
  try {
    return JSON.parse(found.text) as T;
  } catch (cause) {
    throw new MlopsError("internal.invariant", `s3://${location.bucket}/${location.key} is not JSON`, { cause });
  }
}

/** Writes a JSON document, two spaces deep, so that people can read it. */
export async function writeJson(
  factory: Pick<Factory, "objects">,
  location: ObjectLocation,
  value: unknown,
): Promise<void> {
  await factory.objects.writeText(location, `${JSON.stringify(value, null, 2)}\n`, { contentType: "application/json" });
}
