import { AwsError } from "../aws-error.ts";

/**
 * The connection broke after the call had its effect: over the wire the socket is closed without an answer; a service that
 * called in process sees what the AWS SDK throws then.
 */
export class AnswerLost extends AwsError {
  constructor(service: string, operation: string) {
    super("SdkClientException", 500, `Unable to execute HTTP request: the answer of ${service}:${operation} was lost`);
  }
}
