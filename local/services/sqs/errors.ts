import { AwsError } from "../../kernel/aws-error.ts";

/**
 * The codes of SQS's former Query protocol, which AWS still sends in the header `x-amzn-query-error` beside the
 * modeled name. Clients that know only the old names match on these.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
export const QUERY_ERROR_CODES: Readonly<Record<string, string>> = {
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

/** An SQS error by its modeled name. */
export function sqsError(code: string, message: string): AwsError {
  return new AwsError(code, 400, message);
}

/** The queue does not exist. */
export function queueDoesNotExist(): AwsError {
  return sqsError("QueueDoesNotExist", "The specified queue does not exist.");
}

/** A parameter has a value that SQS refuses. */
export function invalidParameter(message: string): AwsError {
  return sqsError("InvalidParameterValue", message);
}

/** A parameter that this request needs is missing. */
export function missingParameter(name: string): AwsError {
  return sqsError("MissingParameter", `The request must contain the parameter ${name}.`);
}
