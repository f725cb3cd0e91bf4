import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Cloud } from "../kernel/cloud.ts";
import { localRoutesOf, sendJson } from "../kernel/local-routes.ts";
import { DeployError } from "./deploy-error.ts";

/** What a custom resource's function PUTs to the ResponseURL. */
export interface CustomResourceResponse {
  readonly Status: "SUCCESS" | "FAILED";
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

/** A response that is waited for. */
export interface ExpectedResponse {
  readonly url: string;
  /** Rejects with DeployError after the timeout. */
  readonly response: Promise<CustomResourceResponse>;
  /** Ends the wait with an error, unless the response has come. */
  fail(error: unknown): void;
}

const ROUTE = "cfn-response";
const waiting = new Map<string, (response: CustomResourceResponse) => void>();

/** Opens a ResponseURL on the cloud's port and waits for its one PUT. */
export function expectResponse(cloud: Cloud, timeoutMillis: number): ExpectedResponse {
  localRoutesOf(cloud).set(ROUTE, receive);
  const token = randomBytes(16).toString("hex");
  let fail: (error: unknown) => void = () => undefined;
  const response = new Promise<CustomResourceResponse>((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      waiting.delete(token);
    };
    const timer = setTimeout(() => {
      finish();
      reject(new DeployError(`the custom resource did not answer within ${timeoutMillis / 1_000} s`));
    }, timeoutMillis);
    waiting.set(token, (answer) => {
      finish();
      resolve(answer);
    });
    fail = (error) => {
      finish();
      reject(error);
    };
  });
  return { url: `${cloud.endpoint()}/_local/${ROUTE}/${token}`, response, fail: (error) => fail(error) };
}

async function receive(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
  const body = await text(request);
  const resolve = waiting.get(token);
  if (request.method !== "PUT" || !resolve) {
    sendJson(response, 404, { message: "no custom resource waits for this response" });
    return;
  }
  const answer = parse(body);
  if (!answer) {
    sendJson(response, 400, { message: "the body must be a JSON object with Status SUCCESS or FAILED" });
    return;
  }
  sendJson(response, 200, {});
  resolve(answer);
}

function parse(body: string): CustomResourceResponse | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const status = typeof value === "object" && value !== null ? (value as { Status?: unknown }).Status : undefined;
  return status === "SUCCESS" || status === "FAILED" ? (value as CustomResourceResponse) : undefined;
}
