import type { TableSource } from "../../core/data/formats/table-source.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { Factory } from "../factory.ts";
import type { ObjectLocation } from "../ports/object-store.ts";

/**
 * An object version as a table to read.
 *
 * @returns null when it does not exist any more
 */
export async function tableSource(
  factory: Pick<Factory, "objects">,
  location: ObjectLocation,
): Promise<TableSource | null> {
  const found = await factory.objects.read(location);
  if (found === null) return null;
  const { sizeBytes } = found.info;
  return {
    name: location.key,
    sizeBytes,
    stream: () => found.body,
    range: async (start, end) => {
      const from = Math.max(0, start);
      const to = Math.min(sizeBytes, end);
      if (to <= from) return new Uint8Array(0);
      const part = await factory.objects.read(location, { from, to });
      if (part === null) throw new MlopsError("data.object-gone", `${location.key} was deleted while it was read`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of part.body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}
