import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, CloudEvent, Operation } from "../../kernel/cloud.ts";
import { invalid } from "./errors.ts";
import { compilePattern, DEFAULT_BUS, type EventStore } from "./event-store.ts";
import type { Router } from "./router.ts";

/** The limit of a PutEvents request in bytes (1 MB since 2026). */
const MAX_REQUEST_BYTES = 1_048_576;

interface PutEventsEntry {
  readonly Time?: Date;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
}

/** PutEvents and TestEventPattern. */
export function putEventsOperations(cloud: Cloud, store: EventStore, router: Router): Record<string, Operation> {
  function accept(entry: PutEventsEntry): object {
    const refusal = refusalOf(entry);
    if (refusal !== undefined) return refusal;
    const bus = store.findBus(entry.EventBusName ?? DEFAULT_BUS);
    const event: CloudEvent = {
      version: "0",
      id: randomUUID(),
      "detail-type": entry.DetailType ?? "",
      source: entry.Source ?? "",
      account: cloud.accountId,
      time: `${(entry.Time ?? new Date(cloud.now())).toISOString().slice(0, 19)}Z`,
      region: cloud.region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? "{}"),
    };
    // AWS accepts events for a bus that does not exist and drops them.
    if (bus === undefined) cloud.log("events", "an event was dropped: no such bus", { bus: entry.EventBusName });
    else router.route(bus.name, event);
    return { EventId: event.id };
  }

  return {
    PutEvents(input) {
      const entries: PutEventsEntry[] = input.Entries;
      const size = entries.reduce((sum, entry) => sum + entrySizeBytes(entry), 0);
      if (size > MAX_REQUEST_BYTES) {
        throw invalid(`Total size of the entries in the request is over the limit of ${MAX_REQUEST_BYTES} bytes.`);
      }
      const results = entries.map(accept);
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },
    TestEventPattern(input) {
      const predicate = compilePattern(input.EventPattern);
      let event: unknown;
      try {
        event = JSON.parse(input.Event);
      } catch {
        throw invalid("Parameter Event is not valid. Reason: Provided event is not valid JSON.");
      }
      const required = ["id", "account", "source", "time", "region", "resources", "detail-type"];
      const missing = required.find((name) => typeof event !== "object" || event === null || !(name in event));
      if (missing !== undefined) {
        throw new AwsError("ValidationException", 400, `Parameter Event is not valid. Reason: ${missing} is required.`);
      }
      return { Result: predicate(event) };
    },
  };
}

/** What an entry counts: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-sizing */
function entrySizeBytes(entry: PutEventsEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const time = entry.Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? "", "utf8"), time);
}

/** Why an entry is refused, in the shape of its result. */
function refusalOf(entry: PutEventsEntry): object | undefined {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (entry[name] === undefined || entry[name] === "") {
      return {
        ErrorCode: "InvalidArgument",
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (entry.Source?.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  try {
    const detail: unknown = JSON.parse(entry.Detail ?? "");
    if (typeof detail === "object" && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {
    // Reported below, together with JSON that is no object.
  }
  return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
}
