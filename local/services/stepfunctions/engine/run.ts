import type { MachineDefinition, Workflow } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { runtimeError } from "../asl/state-error.ts";
import type { Journal } from "./journal.ts";
import type { ExecutionRecord, Frame, HistoryEvent } from "./records.ts";

/** The most events that one execution may have: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_HISTORY_EVENTS = 25_000;

/** A running execution in memory, backed by its journal. Changes are collected and written together by `commit`. */
export class Run {
  readonly record: ExecutionRecord;
  readonly definition: MachineDefinition;
  readonly workflow: Workflow;
  readonly machineName: string;
  readonly roleArn: string;
  readonly input: Json;
  readonly journal: Journal;
  readonly events: HistoryEvent[];
  readonly frames: Map<number, Frame>;
  readonly controller = new AbortController();
  readonly #now: () => number;
  #nextFrameId: number;
  #pendingEvents: HistoryEvent[] = [];
  #dirty = new Set<Frame>();
  #removed: number[] = [];

  constructor(options: {
    record: ExecutionRecord;
    definition: MachineDefinition;
    machineName: string;
    roleArn: string;
    input: Json;
    journal: Journal;
    events: HistoryEvent[];
    frames: Map<number, Frame>;
    now: () => number;
  }) {
    this.record = options.record;
    this.definition = options.definition;
    this.workflow = workflowAt(options.definition, options.record.workflowPath);
    this.machineName = options.machineName;
    this.roleArn = options.roleArn;
    this.input = options.input;
    this.journal = options.journal;
    this.events = options.events;
    this.frames = options.frames;
    this.#now = options.now;
    this.#nextFrameId = Math.max(0, ...options.frames.keys()) + 1;
  }

  /** Adds an event to the history and returns its id. Throws States.Runtime when the history is full. */
  log(previousEventId: number, type: string, details: Record<string, unknown> = {}): number {
    const id = this.events.length + 1;
    if (id >= MAX_HISTORY_EVENTS && !type.startsWith("Execution")) {
      throw runtimeError(`The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`);
    }
    const event = { timestamp: this.#now(), type, id, previousEventId, ...details };
    this.events.push(event);
    this.#pendingEvents.push(event);
    return id;
  }

  /** Adds an event to the frame's own chain. */
  logIn(frame: Frame, type: string, details: Record<string, unknown> = {}): number {
    frame.lastEventId = this.log(frame.lastEventId, type, details);
    this.#dirty.add(frame);
    return frame.lastEventId;
  }

  /** Makes a frame that will be written with the next commit. */
  addFrame(frame: Omit<Frame, "id">): Frame {
    const made: Frame = { ...frame, id: this.#nextFrameId };
    this.#nextFrameId += 1;
    this.frames.set(made.id, made);
    this.#dirty.add(made);
    return made;
  }

  save(frame: Frame): void {
    this.#dirty.add(frame);
  }

  /** Children of a frame (branches, iterations), in their order. */
  childrenOf(frame: Frame): Frame[] {
    const children = [...this.frames.values()].filter((child) => child.parentId === frame.id);
    return children.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  }

  /** Forgets everything below a frame. */
  removeBelow(frame: Frame): void {
    for (const child of this.childrenOf(frame)) {
      this.removeBelow(child);
      this.frames.delete(child.id);
      this.#dirty.delete(child);
      this.#removed.push(child.id);
    }
  }

  /** Writes what changed since the last commit, in one piece. */
  commit(): void {
    if (this.#pendingEvents.length + this.#dirty.size + this.#removed.length === 0) return;
    this.journal.append({
      ...(this.#pendingEvents.length > 0 && { events: this.#pendingEvents }),
      ...(this.#dirty.size > 0 && { frames: [...this.#dirty] }),
      ...(this.#removed.length > 0 && { removed: this.#removed }),
    });
    this.#pendingEvents = [];
    this.#dirty = new Set();
    this.#removed = [];
  }

  /** Variables that a frame can read: its own and those of the frames around it. */
  variablesOf(frame: Frame): JsonObject {
    const parent = frame.parentId === undefined ? undefined : this.frames.get(frame.parentId);
    if (parent === undefined) return frame.variables;
    return { ...this.variablesOf(parent), ...frame.variables };
  }

  /** The Map item that a frame works on: its own or that of a frame around it. */
  itemOf(frame: Frame): Frame["item"] {
    if (frame.item !== undefined) return frame.item;
    const parent = frame.parentId === undefined ? undefined : this.frames.get(frame.parentId);
    return parent === undefined ? undefined : this.itemOf(parent);
  }
}

/** The workflow at a place of a definition, such as `["States", "Fan", "Branches", "0"]`. Throws when there is none. */
export function workflowAt(definition: MachineDefinition, path: readonly string[]): Workflow {
  let at: unknown = definition;
  for (const step of path) at = Array.isArray(at) ? at[Number(step)] : isObject(at) ? at[step] : undefined;
  if (!isObject(at)) throw new Error(`the definition has no workflow at /${path.join("/")}`);
  return at as unknown as Workflow;
}
