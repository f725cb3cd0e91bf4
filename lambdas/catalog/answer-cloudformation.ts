import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
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
const ANSWER_TIMEOUT_MILLIS = 10_000;

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
  const status = await put(event.ResponseURL, body);
  if (status < 200 || status > 299) {
    throw new MlopsError("cloud.unavailable", `CloudFormation did not take the answer: status ${status}`);
  }
}

/** PUT by node:http, which the SDK has loaded already: the first fetch() of a process costs 20 ms of a cold start. Gives the status. */
function put(url: string, body: string): Promise<number> {
  const bytes = Buffer.from(body, "utf8");
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: "PUT",
        // A connection that was kept since another invocation may be half dead.
        agent: false,
        timeout: ANSWER_TIMEOUT_MILLIS,
        // The URL is signed for a request without content type.
        headers: { "content-type": "", "content-length": bytes.length },
      },
      (response) => {
        response.resume();
        response.once("error", reject);
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.once("timeout", () =>
      outgoing.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MILLIS / 1000} seconds`)),
    );
    outgoing.once("error", (cause) =>
      reject(
        new MlopsError("cloud.unavailable", `CloudFormation did not take the answer: ${cause.message}`, { cause }),
      ),
    );
    outgoing.end(bytes);
  });
}
