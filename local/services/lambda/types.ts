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
}
