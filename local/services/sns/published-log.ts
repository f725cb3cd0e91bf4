import type { Cloud } from "../../kernel/cloud.ts";
import type { PublishedMessage } from "./types.ts";

const MAX_KEPT = 10_000;

/** What was published, durable; the oldest messages make room for new ones. */
export interface PublishedLog {
  append(message: PublishedMessage): void;
  /** Messages of a topic from a moment on (milliseconds since the epoch), oldest first. */
  since(topicArn: string, sinceMillis: number): PublishedMessage[];
}

/** Opens the log of the state directory. */
export function openPublishedLog(cloud: Cloud): PublishedLog {
  const messages = cloud.table<PublishedMessage>("sns", "published");
  return {
    append(message) {
      messages.set(message.messageId, message);
      if (messages.size <= MAX_KEPT) return;
      const oldest = messages.keys().next();
      if (!oldest.done) messages.delete(oldest.value);
    },
    since: (topicArn, sinceMillis) =>
      [...messages.values()].filter(
        (message) => message.topicArn === topicArn && message.publishedAtMillis >= sinceMillis,
      ),
  };
}
