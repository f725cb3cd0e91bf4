import type { LocalService } from "../../kernel/cloud.ts";

/** One log event. Times are epoch milliseconds. */
export interface LogEvent {
  readonly timestampMillis: number;
  readonly ingestionMillis: number;
  readonly message: string;
}

export interface LogGroupRecord {
  readonly name: string;
  readonly createdMillis: number;
  readonly retentionDays?: number;
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStreamRecord {
  readonly group: string;
  readonly name: string;
  readonly createdMillis: number;
}

/** CloudWatch Logs with an in-process way to write for the other services. */
export interface LogsService extends LocalService {
  /** Appends lines to a stream; makes the group and the stream when they do not exist. */
  append(group: string, stream: string, events: readonly { timestampMillis: number; message: string }[]): void;
}
