import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { handlerContext } from "../../adapters/aws-factory.ts";
import { ingestBatch } from "../../app/use-cases/ingest-batch.ts";
import { parseObjectCreated } from "../../core/events/object-created.ts";

const { factory, logger } = handlerContext("ingest");

/** Takes uploads from the queue; a message that fails goes back to the queue and, after some tries, to its dead letters. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const record of event.Records) {
    try {
      const object = parseObjectCreated(record.body);
      const answer = await ingestBatch(factory, object, record.messageId, {
        number: Number(record.attributes.ApproximateReceiveCount),
        remainingMillis: () => context.getRemainingTimeInMillis(),
      });
      logger.info("done", { ...answer, sizeBytes: object.sizeBytes });
    } catch (error) {
      logger.error("upload not taken in, the message comes again", error as Error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}
