import { createReadStream } from "node:fs";
import { createIngest } from "../../core/data/ingest.ts";
import { tableDefinition } from "./table.ts";

/** Reads the file `times` times as if it were one (the header line once) through the ingest kernel; the parts are thrown away. */
export async function runKernel(path: string, options: { profileOnly: boolean; times?: number }): Promise<number> {
  const ingest = createIngest(tableDefinition(), { batchId: "0123456789abcdef", profileOnly: options.profileOnly });
  let headerBytes = 0;
  for (let time = 0; time < (options.times ?? 1); time++) {
    for await (const chunk of createReadStream(path, { highWaterMark: 262_144, start: time === 0 ? 0 : headerBytes })) {
      if (headerBytes === 0) headerBytes = chunk.indexOf(10) + 1;
      ingest.write(chunk);
    }
  }
  const result = ingest.end();
  if (!result.accepted) throw new Error(`the kernel refuses the bench's file: ${JSON.stringify(result.reasons)}`);
  return result.profile.rows;
}
