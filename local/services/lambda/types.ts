import type { LocalService } from "../../kernel/cloud.ts";

/** What one invocation came to. */
export interface InvocationOutcome {
  readonly requestId: string;
  /** What the handler returned, or `{ errorType, errorMessage, trace }` when `functionError` is set. */
  readonly payload: Uint8Array;
  /** `Unhandled` when the function failed. */
  readonly functionError?: "Unhandled" | undefined;
  readonly executedVersion: string;
  /** The last 4 KB of the invocation's log. Resolves when the process has written its last line. */
  logTail(): Promise<string>;
}

/** The local Lambda, with a typed way to invoke in process. Everything throws AwsError with Lambda's own codes. */
export interface LambdaService extends LocalService {
  /** Invokes synchronously. `functionName` may be a name or an ARN, with or without a qualifier; the payload is JSON text. */
  invoke(functionName: string, payload: Uint8Array | string): Promise<InvocationOutcome>;
  /**
   * Starts a process of the function before its first request, as Lambda does where it expects one. Its initialisation is the same, it
   * only comes earlier; when it fails, the first request makes it again and gets the error.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  prepare(functionName: string): void;
}
