import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { invalid, notFound } from "./errors.ts";
import { DEFAULT_BUS, type EventStore } from "./event-store.ts";
import { pageOf } from "./page.ts";
import type { BusRecord } from "./types.ts";

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The operations on buses, and the tags of buses and rules. */
export function busOperations(cloud: Cloud, store: EventStore): Record<string, Operation> {
  /** Where the tags of a resource are kept. */
  function tagged(arn: string): { tags: Readonly<Record<string, string>>; save(tags: Record<string, string>): void } {
    const rule = store.rules().find((candidate) => candidate.arn === arn);
    if (rule !== undefined) return { tags: rule.tags, save: (tags) => void store.putRule({ ...rule, tags }) };
    const bus = store.findBus(arn);
    if (bus === undefined) throw notFound(`The resource ${arn} does not exist.`);
    return { tags: bus.tags, save: (tags) => store.putBus({ ...bus, tags }) };
  }

  return {
    CreateEventBus(input) {
      const name: string = input.Name;
      if (input.EventSourceName !== undefined || input.KmsKeyIdentifier !== undefined) {
        throw invalid("The local cloud does not support partner event sources and customer keys of an event bus.");
      }
      if (!/^[A-Za-z0-9._-]{1,256}$/.test(name)) throw invalid(`Event bus name ${name} is not valid.`);
      if (store.findBus(name) !== undefined) {
        throw new AwsError("ResourceAlreadyExistsException", 400, `Event bus ${name} already exists.`);
      }
      const bus: BusRecord = {
        name,
        arn: store.busArn(name),
        createdAtMillis: cloud.now(),
        ...(input.Description === undefined ? {} : { description: input.Description }),
        tags: Object.fromEntries((input.Tags ?? []).map((tag: Tag) => [tag.Key, tag.Value])),
      };
      store.putBus(bus);
      return { EventBusArn: bus.arn };
    },
    DeleteEventBus(input) {
      if (input.Name === DEFAULT_BUS) throw invalid("Cannot delete event bus default.");
      if (store.rulesOf(input.Name).length > 0) throw invalid("Event bus can't be deleted since it has rules.");
      store.removeBus(input.Name);
      return {};
    },
    DescribeEventBus: (input) => present(store.bus(input.Name)),
    ListEventBuses(input) {
      const prefix: string = input.NamePrefix ?? "";
      const { page, members } = pageOf(
        store.buses().filter((bus) => bus.name.startsWith(prefix)),
        input,
      );
      return { EventBuses: page.map(present), ...members };
    },
    TagResource(input) {
      const resource = tagged(input.ResourceARN);
      const added = Object.fromEntries((input.Tags as Tag[]).map((tag) => [tag.Key, tag.Value]));
      resource.save({ ...resource.tags, ...added });
      return {};
    },
    UntagResource(input) {
      const resource = tagged(input.ResourceARN);
      const kept = Object.entries(resource.tags).filter(([key]) => !input.TagKeys.includes(key));
      resource.save(Object.fromEntries(kept));
      return {};
    },
    ListTagsForResource(input) {
      return { Tags: Object.entries(tagged(input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function present(bus: BusRecord): object {
  const created = new Date(bus.createdAtMillis);
  return {
    Name: bus.name,
    Arn: bus.arn,
    ...(bus.description === undefined ? {} : { Description: bus.description }),
    CreationTime: created,
    LastModifiedTime: created,
  };
}
