import { AwsError } from "./aws-error.ts";
import { errorShapeOf, type ServiceModel } from "./model.ts";

/** Any thrown value as an AwsError: what is not one is a fault of ours and becomes `InternalFailure`, cause kept. */
export function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const wrapped = new AwsError("InternalFailure", 500, message);
  wrapped.cause = error;
  return wrapped;
}

/**
 * The codes of SQS's former Query protocol, which AWS still sends in the header `x-amzn-query-error` beside the
 * modeled name; the model does not have them. Clients that know only the old names match on these.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
const SQS_QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  QueueDeletedRecently: "AWS.SimpleQueueService.QueueDeletedRecently",
  PurgeQueueInProgress: "AWS.SimpleQueueService.PurgeQueueInProgress",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  OverLimit: "OverLimit",
  ReceiptHandleIsInvalid: "ReceiptHandleIsInvalid",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** Code as Query-style protocols send it (`error.code` of the model), for instance `ResourceNotFound`. */
export function queryCodeOf(model: ServiceModel, code: string): string {
  if (model.id === "sqs") return SQS_QUERY_CODES[code] ?? code;
  return errorShapeOf(model, code)?.shape.error?.code ?? code;
}

/** Name as JSON protocols send it: the error shape's name, for instance `ResourceNotFoundException`. */
export function shapeNameOf(model: ServiceModel, code: string): string {
  return errorShapeOf(model, code)?.name ?? code;
}
