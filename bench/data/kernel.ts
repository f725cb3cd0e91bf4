import { closeSync, openSync, readSync } from "node:fs";
import { createIngest } from "../../core/data/ingest.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";

const CHUNK_BYTES = 65_536;

/** Reads the file `times` times as if it were one (the header line once) through the ingest kernel; the parts are thrown away. */
export async function runKernel(
  definition: ModelDefinition,
  path: string,
  options: { profileOnly: boolean; times: number },
): Promise<number> {
  const ingest = createIngest(definition, { batchId: "0123456789abcdef", profileOnly: options.profileOnly });
  const file = openSync(path, "r");
  const buffer = new Uint8Array(CHUNK_BYTES);
  let headerBytes = 0;
  for (let time = 0; time < options.times; time++) {
    for (let position = headerBytes; ; ) {
      const size = readSync(file, buffer, 0, CHUNK_BYTES, position);
      if (size === 0) break;
      if (headerBytes === 0) headerBytes = buffer.indexOf(10) + 1;
      ingest.write(buffer.subarray(0, size));
      position += size;
    }
  }
  closeSync(file);
  const result = ingest.end();
  if (!result.accepted) throw new Error(`the kernel refuses the bench's file: ${JSON.stringify(result.reasons)}`);
  return result.profile.rows;
}
