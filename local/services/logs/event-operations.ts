import { createHash } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";
import { compileFilterPattern } from "./filter-pattern.ts";
import { invalidToken } from "./group-operations.ts";
import type { LogStore } from "./store.ts";
import type { LogEvent } from "./types.ts";

const MAX_EVENTS = 10_000;

interface GroupRef {
  logGroupName?: string;
  logGroupIdentifier?: string;
}

interface GetLogEventsInput extends GroupRef {
  logStreamName: string;
  startTime?: number;
  endTime?: number;
  nextToken?: string;
  limit?: number;
  startFromHead?: boolean;
}

interface FilterLogEventsInput extends GroupRef {
  logStreamNames?: string[];
  logStreamNamePrefix?: string;
  startTime?: number;
  endTime?: number;
  filterPattern?: string;
  nextToken?: string;
  limit?: number;
}

/** Operations on log streams and their events. */
export function eventOperations(store: LogStore): Record<string, Operation> {
  return {
    CreateLogStream(input: { logGroupName: string; logStreamName: string }) {
      store.createStream(store.groupOf(input).name, input.logStreamName);
      return {};
    },
    DeleteLogStream(input: { logGroupName: string; logStreamName: string }) {
      store.deleteStream(store.streamOf(store.groupOf(input).name, input.logStreamName));
      return {};
    },
    DescribeLogStreams(input: DescribeLogStreamsInput) {
      return describeStreams(store, input);
    },
    PutLogEvents(input: {
      logGroupName: string;
      logStreamName: string;
      logEvents: { timestamp: number; message: string }[];
    }) {
      const stream = store.streamOf(store.groupOf(input).name, input.logStreamName);
      const ingestionMillis = store.cloud.now();
      store
        .file(stream)
        .append(
          input.logEvents.map(({ timestamp, message }) => ({ timestampMillis: timestamp, ingestionMillis, message })),
        );
      return {};
    },
    GetLogEvents(input: GetLogEventsInput) {
      const stream = store.streamOf(store.groupOf(input).name, input.logStreamName);
      const events = store.file(stream).read().filter(within(input));
      const limit = input.limit ?? MAX_EVENTS;
      const [start, end] = windowOf(input, events.length, limit);
      return {
        events: events.slice(start, end).map((event) => ({
          timestamp: event.timestampMillis,
          message: event.message,
          ingestionTime: event.ingestionMillis,
        })),
        nextForwardToken: `f/${end}`,
        nextBackwardToken: `b/${start}`,
      };
    },
    FilterLogEvents(input: FilterLogEventsInput) {
      const group = store.groupOf(input);
      const matches = compileFilterPattern(input.filterPattern ?? "");
      const streams = store
        .streamsOf(group.name)
        .filter(
          (stream) =>
            (input.logStreamNames?.includes(stream.name) ?? true) &&
            stream.name.startsWith(input.logStreamNamePrefix ?? ""),
        );
      const events = streams
        .flatMap((stream) =>
          store
            .file(stream)
            .read()
            .filter((event) => within(input)(event) && matches(event.message))
            .map((event, index) => ({
              logStreamName: stream.name,
              timestamp: event.timestampMillis,
              message: event.message,
              ingestionTime: event.ingestionMillis,
              eventId: eventId(stream.name, event, index),
            })),
        )
        .sort((a, b) => a.timestamp - b.timestamp);
      const page = paginate(events, input.limit ?? MAX_EVENTS, input.nextToken, invalidToken);
      return { events: page.items, searchedLogStreams: [], nextToken: page.next };
    },
  };
}

interface DescribeLogStreamsInput extends GroupRef {
  logStreamNamePrefix?: string;
  orderBy?: "LogStreamName" | "LastEventTime";
  descending?: boolean;
  limit?: number;
  nextToken?: string;
}

function describeStreams(store: LogStore, input: DescribeLogStreamsInput) {
  const group = store.groupOf(input);
  const views = store
    .streamsOf(group.name)
    .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ""))
    .map((stream) => {
      const summary = store.file(stream).summary();
      return {
        logStreamName: stream.name,
        creationTime: stream.createdMillis,
        firstEventTimestamp: summary.firstMillis,
        lastEventTimestamp: summary.lastMillis,
        lastIngestionTime: summary.lastIngestionMillis,
        arn: `${store.groupArn(group.name)}:log-stream:${stream.name}`,
        storedBytes: summary.storedBytes,
      };
    })
    .sort((a, b) =>
      input.orderBy === "LastEventTime"
        ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
        : a.logStreamName < b.logStreamName
          ? -1
          : 1,
    );
  if (input.descending) views.reverse();
  const page = paginate(views, input.limit ?? 50, input.nextToken, invalidToken);
  return { logStreams: page.items, nextToken: page.next };
}

function within(input: { startTime?: number; endTime?: number }): (event: LogEvent) => boolean {
  const start = input.startTime ?? 0;
  const end = input.endTime ?? Number.POSITIVE_INFINITY;
  return (event) => event.timestampMillis >= start && event.timestampMillis < end;
}

/** Which part of the events a page shows. Without a token and without startFromHead it is the newest part. */
function windowOf(input: GetLogEventsInput, total: number, limit: number): [number, number] {
  if (input.nextToken === undefined) {
    return input.startFromHead ? [0, Math.min(limit, total)] : [Math.max(0, total - limit), total];
  }
  const match = /^([fb])\/(\d+)$/.exec(input.nextToken);
  if (!match) throw new AwsError("InvalidParameterException", 400, "The specified nextToken is invalid.");
  const position = Math.min(Number(match[2]), total);
  return match[1] === "f" ? [position, Math.min(position + limit, total)] : [Math.max(0, position - limit), position];
}

/** The same event has the same id in every answer. */
function eventId(stream: string, event: LogEvent, index: number): string {
  return createHash("sha256").update(`${stream}:${event.timestampMillis}:${index}`).digest("hex").slice(0, 56);
}
