import type { Cloud } from "../../kernel/cloud.ts";
import { eventOperations } from "./event-operations.ts";
import { groupOperations } from "./group-operations.ts";
import { LogStore } from "./store.ts";
import type { LogsService } from "./types.ts";

/** Log groups and streams; every stream is a file. Retention is stored and shown, but events are not removed by age. */
export function createLogs(cloud: Cloud): LogsService {
  const store = new LogStore(cloud);
  return {
    id: "logs",
    operations: { ...groupOperations(store), ...eventOperations(store) },
    append(group, stream, events) {
      if (events.length === 0) return;
      if (!store.groups.has(group)) store.createGroup(group);
      if (!store.hasStream(group, stream)) store.createStream(group, stream);
      const ingestionMillis = cloud.now();
      store.file(store.streamOf(group, stream)).append(events.map((event) => ({ ...event, ingestionMillis })));
    },
  };
}
