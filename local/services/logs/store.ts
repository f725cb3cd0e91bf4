import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { StreamFile } from "./stream-file.ts";
import type { LogGroupRecord, LogStreamRecord } from "./types.ts";

/** Log groups, streams and their files. */
export class LogStore {
  readonly cloud: Cloud;
  readonly groups: DurableMap<LogGroupRecord>;
  readonly streams: DurableMap<LogStreamRecord>;
  readonly policies: DurableMap<{ document: string; updatedMillis: number }>;
  readonly #files = new Map<string, StreamFile>();

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.groups = cloud.table("logs", "groups");
    this.streams = cloud.table("logs", "streams");
    this.policies = cloud.table("logs", "resource-policies");
  }

  /** `arn:aws:logs:<region>:<account>:log-group:<name>` */
  groupArn(group: string): string {
    const { partition, region, accountId } = this.cloud;
    return `arn:${partition}:logs:${region}:${accountId}:log-group:${group}`;
  }

  /** The group a request names by `logGroupName` or `logGroupIdentifier` (name or ARN). */
  groupOf(input: { logGroupName?: string; logGroupIdentifier?: string }): LogGroupRecord {
    const identifier = input.logGroupName ?? input.logGroupIdentifier ?? "";
    const name = identifier.startsWith("arn:")
      ? identifier.split(":").slice(6).join(":").replace(/:\*$/, "")
      : identifier;
    const group = this.groups.get(name);
    if (!group) throw notFound("The specified log group does not exist.");
    return group;
  }

  createGroup(name: string, options: Partial<LogGroupRecord> = {}): void {
    if (this.groups.has(name)) {
      throw new AwsError("ResourceAlreadyExistsException", 400, "The specified log group already exists");
    }
    this.groups.set(name, { tags: {}, ...options, name, createdMillis: this.cloud.now() });
  }

  createStream(group: string, name: string): void {
    if (this.streams.has(streamKey(group, name))) {
      throw new AwsError("ResourceAlreadyExistsException", 400, "The specified log stream already exists");
    }
    this.streams.set(streamKey(group, name), { group, name, createdMillis: this.cloud.now() });
  }

  hasStream(group: string, name: string): boolean {
    return this.streams.has(streamKey(group, name));
  }

  streamOf(group: string, name: string): LogStreamRecord {
    const stream = this.streams.get(streamKey(group, name));
    if (!stream) throw notFound("The specified log stream does not exist.");
    return stream;
  }

  streamsOf(group: string): LogStreamRecord[] {
    return [...this.streams.values()].filter((stream) => stream.group === group);
  }

  file(stream: LogStreamRecord): StreamFile {
    const key = streamKey(stream.group, stream.name);
    let file = this.#files.get(key);
    if (!file) {
      file = new StreamFile(this.cloud.directory("logs"), stream.group, stream.name);
      this.#files.set(key, file);
    }
    return file;
  }

  deleteStream(stream: LogStreamRecord): void {
    this.file(stream).remove();
    this.#files.delete(streamKey(stream.group, stream.name));
    this.streams.delete(streamKey(stream.group, stream.name));
  }
}

// Neither name may hold this character.
function streamKey(group: string, stream: string): string {
  return `${group}:${stream}`;
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", 400, message);
}
