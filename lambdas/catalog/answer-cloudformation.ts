import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { MlopsError } from "../../core/errors/mlops-error.ts";

/** What CloudFormation is told. */
export interface CustomResourceAnswer {
  readonly Status: "SUCCESS" | "FAILED";
  readonly PhysicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
  readonly Reason?: string;
}

/** CloudFormation refuses answers above 4,096 bytes. */
const MAX_REASON_CHARACTERS = 2_000;

/**
 * Puts the answer where CloudFormation waits for it
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html).
 *
 * @throws MlopsError `cloud.unavailable`
 */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  answer: CustomResourceAnswer,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    StackId,
    RequestId,
    LogicalResourceId,
    ...answer,
    ...(answer.Reason !== undefined && { Reason: answer.Reason.slice(0, MAX_REASON_CHARACTERS) }),
  });
  // The URL is signed for a request without content type.
  const response = await fetch(event.ResponseURL, { method: "PUT", body, headers: { "content-type": "" } });
  if (!response.ok) {
    throw new MlopsError("cloud.unavailable", `CloudFormation did not take the answer: status ${response.status}`);
  }
}
