import type { IngestOutput } from "../../core/data/row-writer.ts";

/** A copy of an ingest's output, which is good until its next call only. */
export function copiedOutput({ train, validation, test }: IngestOutput): IngestOutput {
  return { train: train.slice(), validation: validation.slice(), test: test.slice() };
}
