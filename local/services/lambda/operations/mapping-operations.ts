import { randomUUID } from "node:crypto";
import type { Operation } from "../../../kernel/cloud.ts";
import { conflict, invalidParameter, notFound, unsupported } from "../errors.ts";
import { functionArn, parseFunctionName } from "../function-name.ts";
import type { FunctionStore } from "../function-store.ts";
import { compileFilter } from "../mappings/filter.ts";
import { mappingTable, type StoredMapping } from "../mappings/mapping-store.ts";
import { Poller } from "../mappings/poller.ts";
import type { Executor } from "../runtime/executor.ts";

/** The event source mappings: their operations, and the pollers behind them. */
export interface Mappings {
  readonly operations: Record<string, Operation>;
  start(): void;
  stop(): void;
}

// Members of other kinds of event sources, which a queue does not have.
const NOT_FOR_QUEUES = [
  "StartingPosition",
  "StartingPositionTimestamp",
  "ParallelizationFactor",
  "BisectBatchOnFunctionError",
  "MaximumRetryAttempts",
  "MaximumRecordAgeInSeconds",
  "TumblingWindowInSeconds",
  "Topics",
  "Queues",
  "SourceAccessConfigurations",
  "SelfManagedEventSource",
  "AmazonManagedKafkaEventSourceConfig",
  "SelfManagedKafkaEventSourceConfig",
  "DocumentDBEventSourceConfig",
  "DestinationConfig",
  "ProvisionedPollerConfig",
]; // prettier-ignore

/** Makes the event source mappings of this cloud. Only SQS queues are event sources here. */
export function createMappings(store: FunctionStore, executor: Executor): Mappings {
  const { cloud } = store;
  const table = mappingTable(cloud);
  const pollers = new Map<string, Poller>();
  let running = false;

  const restart = (mapping: StoredMapping): void => {
    pollers.get(mapping.uuid)?.stop();
    pollers.delete(mapping.uuid);
    if (!running || !mapping.enabled) return;
    const poller = new Poller(store, executor, mapping);
    pollers.set(mapping.uuid, poller);
    poller.start();
  };
  const find = (uuid: string): StoredMapping => {
    const mapping = table.get(uuid);
    if (mapping === undefined) throw notFound("The resource you requested does not exist.");
    return mapping;
  };
  const describe = (mapping: StoredMapping, state?: string): Record<string, unknown> => ({
    UUID: mapping.uuid,
    EventSourceMappingArn: `arn:${cloud.partition}:lambda:${cloud.region}:${cloud.accountId}:event-source-mapping:${mapping.uuid}`,
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: functionArn(cloud, mapping.functionName, mapping.qualifier),
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    FilterCriteria:
      mapping.filters.length === 0 ? undefined : { Filters: mapping.filters.map((Pattern) => ({ Pattern })) },
    FunctionResponseTypes: mapping.reportBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ScalingConfig:
      mapping.maximumConcurrency === undefined ? undefined : { MaximumConcurrency: mapping.maximumConcurrency },
    LastModified: new Date(mapping.modifiedMillis),
    LastProcessingResult: pollers.get(mapping.uuid)?.lastResult,
    State: state ?? (mapping.enabled ? "Enabled" : "Disabled"),
    StateTransitionReason: "USER_INITIATED",
  });
  // biome-ignore lint/suspicious/noExplicitAny: the input is validated against AWS's published model.
  const settings = (input: any, before?: StoredMapping) => {
    const foreign = NOT_FOR_QUEUES.find((name) => {
      const value: unknown = input[name];
      const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
      return value !== undefined && !empty;
    });
    if (foreign !== undefined) throw unsupported(`${foreign} of an event source mapping`);
    const batchSize: number = input.BatchSize ?? before?.batchSize ?? 10;
    const windowSeconds: number = input.MaximumBatchingWindowInSeconds ?? before?.windowSeconds ?? 0;
    const fifo = (input.EventSourceArn ?? before?.eventSourceArn ?? "").endsWith(".fifo");
    if (fifo && (batchSize > 10 || windowSeconds > 0)) {
      throw invalidParameter("A FIFO queue takes a batch size of at most 10 and no batching window.");
    }
    if (batchSize > 10 && windowSeconds < 1) {
      throw invalidParameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      );
    }
    const filters: readonly string[] =
      input.FilterCriteria === undefined
        ? (before?.filters ?? [])
        : ((input.FilterCriteria.Filters ?? []) as { Pattern?: string }[]).map((filter) => filter.Pattern ?? "{}");
    for (const filter of filters) compileFilter(filter);
    return {
      enabled: input.Enabled ?? before?.enabled ?? true,
      batchSize,
      windowSeconds,
      filters,
      reportBatchItemFailures:
        input.FunctionResponseTypes === undefined
          ? (before?.reportBatchItemFailures ?? false)
          : input.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      maximumConcurrency:
        input.ScalingConfig === undefined ? before?.maximumConcurrency : input.ScalingConfig.MaximumConcurrency,
      modifiedMillis: cloud.now(),
    };
  };

  const operations: Record<string, Operation> = {
    async CreateEventSourceMapping(input) {
      const { name, qualifier } = parseFunctionName(input.FunctionName);
      store.find(name, qualifier);
      const eventSourceArn: string = input.EventSourceArn ?? "";
      if (!/^arn:[a-z0-9-]+:sqs:/.test(eventSourceArn)) {
        throw unsupported(`The event source ${eventSourceArn || "without an ARN"} (only SQS queues are)`);
      }
      const same = [...table.values()].find(
        (mapping) => mapping.eventSourceArn === eventSourceArn && mapping.functionName === name,
      );
      if (same !== undefined) {
        throw conflict(
          `The event source arn (" ${eventSourceArn} ") and function (" ${name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${same.uuid}`,
        );
      }
      const mapping: StoredMapping = {
        uuid: randomUUID(),
        eventSourceArn,
        functionName: name,
        qualifier,
        tags: input.Tags ?? {},
        ...settings(input),
      };
      table.set(mapping.uuid, mapping);
      restart(mapping);
      return describe(mapping, mapping.enabled ? "Creating" : "Disabled");
    },
    GetEventSourceMapping: (input) => describe(find(input.UUID)),
    UpdateEventSourceMapping(input) {
      const before = find(input.UUID);
      const target = input.FunctionName === undefined ? undefined : parseFunctionName(input.FunctionName);
      if (target !== undefined) store.find(target.name, target.qualifier);
      const mapping: StoredMapping = {
        ...before,
        ...(target === undefined ? {} : { functionName: target.name, qualifier: target.qualifier }),
        ...settings(input, before),
      };
      table.set(mapping.uuid, mapping);
      restart(mapping);
      return describe(mapping, "Updating");
    },
    DeleteEventSourceMapping(input) {
      const mapping = find(input.UUID);
      table.delete(mapping.uuid);
      pollers.get(mapping.uuid)?.stop();
      pollers.delete(mapping.uuid);
      return describe(mapping, "Deleting");
    },
    ListEventSourceMappings(input) {
      const name = input.FunctionName === undefined ? undefined : parseFunctionName(input.FunctionName).name;
      const found = [...table.values()].filter(
        (mapping) =>
          (name === undefined || mapping.functionName === name) &&
          (input.EventSourceArn === undefined || mapping.eventSourceArn === input.EventSourceArn),
      );
      const start = Number(input.Marker ?? 0);
      const page = found.slice(start, start + (input.MaxItems ?? 100));
      const end = start + page.length;
      return {
        EventSourceMappings: page.map((mapping) => describe(mapping)),
        NextMarker: end < found.length ? String(end) : undefined,
      };
    },
  };

  return {
    operations,
    start() {
      running = true;
      for (const mapping of table.values()) restart(mapping);
    },
    stop() {
      running = false;
      for (const poller of pollers.values()) poller.stop();
      pollers.clear();
    },
  };
}
