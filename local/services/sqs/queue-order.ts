import type { StoredMessage } from "./types.ts";
import { type HeapEntry, VisibilityHeap } from "./visibility-heap.ts";

/** The order in which a queue offers its messages. It is told of every change and asked for what may be received now. */
export interface QueueOrder {
  /** A message is new, or its visibility has changed. */
  offer(message: StoredMessage): void;
  remove(message: StoredMessage): void;
  clear(): void;
  /** Ids of up to `max` messages that may be received at `now`, in order. The caller changes or removes each of them. */
  take(max: number, now: number): string[];
  /** When the next message may become visible, if any waits. */
  nextVisibleAtMillis(now: number): number | undefined;
}

/** Looks a message up by its id; undefined when it was deleted. */
export type MessageLookup = (id: string) => StoredMessage | undefined;

/** A standard queue: whatever has been visible longest comes first. */
export function standardOrder(lookup: MessageLookup): QueueOrder {
  const heap = new VisibilityHeap();
  let sizeToClean = 1_000;
  const isCurrent = (entry: HeapEntry): boolean => lookup(entry.id)?.visibleAtMillis === entry.visibleAtMillis;
  const dropStale = (): void => {
    for (;;) {
      const top = heap.peek();
      if (top === undefined || isCurrent(top)) return;
      heap.pop();
    }
  };
  return {
    offer({ id, visibleAtMillis, sequence }) {
      heap.push({ id, visibleAtMillis, sequence });
      if (heap.size <= sizeToClean) return;
      heap.retain(isCurrent);
      sizeToClean = Math.max(1_000, heap.size * 2);
    },
    // Entries of deleted messages are dropped when they come to the top.
    remove: dropStale,
    clear: () => heap.clear(),
    take(max, now) {
      const ids: string[] = [];
      while (ids.length < max) {
        dropStale();
        const top = heap.peek();
        if (top === undefined || top.visibleAtMillis > now) break;
        heap.pop();
        // The same message may sit in the heap twice with the same moment.
        if (!ids.includes(top.id)) ids.push(top.id);
      }
      return ids;
    },
    nextVisibleAtMillis() {
      dropStale();
      return heap.peek()?.visibleAtMillis;
    },
  };
}

/** A receive takes at most ten messages, and a group gives no more before they are done. */
const MAX_IN_FLIGHT = 10;

interface FifoEntry {
  readonly id: string;
  readonly sequence: number;
}

/** A FIFO queue: messages of a group in order of arrival; a group with a message in flight or delayed at its head waits. */
export function fifoOrder(lookup: MessageLookup): QueueOrder {
  const groups = new Map<string, FifoEntry[]>();
  const groupOf = (message: StoredMessage): string => message.groupId ?? "";
  const availableIn = (entries: readonly FifoEntry[], max: number, now: number): string[] => {
    const available: string[] = [];
    for (const [index, { id }] of entries.entries()) {
      // Only what one receive took can be in flight, and it stood at the head.
      if (available.length >= max && index >= MAX_IN_FLIGHT) break;
      const message = lookup(id);
      if (message === undefined) continue;
      // A message that is in flight holds its whole group; a delayed one only what comes after it.
      if (message.visibleAtMillis > now) return message.receipt === undefined ? available : [];
      if (available.length < max) available.push(id);
    }
    return available;
  };
  return {
    offer(message) {
      const entries = groups.get(groupOf(message)) ?? [];
      groups.set(groupOf(message), entries);
      const index = positionOf(entries, message.sequence);
      if (entries[index]?.sequence === message.sequence) return;
      entries.splice(index, 0, { id: message.id, sequence: message.sequence });
    },
    remove(message) {
      const entries = groups.get(groupOf(message));
      if (entries === undefined) return;
      const index = positionOf(entries, message.sequence);
      if (entries[index]?.id === message.id) entries.splice(index, 1);
      if (entries.length === 0) groups.delete(groupOf(message));
    },
    clear: () => groups.clear(),
    take(max, now) {
      const taken: string[] = [];
      for (const [group, entries] of [...groups]) {
        if (taken.length >= max) break;
        const available = availableIn(entries, max - taken.length, now);
        if (available.length === 0) continue;
        taken.push(...available);
        // The group goes to the end, so that a busy group does not starve the others.
        groups.delete(group);
        groups.set(group, entries);
      }
      return taken;
    },
    nextVisibleAtMillis(now) {
      let next: number | undefined;
      for (const entries of groups.values()) {
        if (availableIn(entries, 1, now).length > 0) return now;
        for (const { id } of entries.slice(0, MAX_IN_FLIGHT)) {
          const at = lookup(id)?.visibleAtMillis;
          if (at !== undefined && at > now && (next === undefined || at < next)) next = at;
        }
      }
      return next;
    },
  };
}

/** The place of a sequence number in entries that are in its order. */
function positionOf(entries: readonly FifoEntry[], sequence: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.sequence ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
