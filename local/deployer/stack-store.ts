import { randomUUID } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import type { DurableMap } from "../kernel/durable-map.ts";
import type { ResourceRecord, StackEventRecord, StackRecord } from "./stack-record.ts";

/** What the deployer tells while it works. */
export interface DeployProgress {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

const STACK_TYPE = "AWS::CloudFormation::Stack";
const MAX_EVENTS = 2_000;

/** The durable records of all stacks; they belong to the service `cloudformation`, which shows them. */
export class StackStore {
  readonly #cloud: Cloud;
  /** By stack id; deleted stacks stay, as in AWS. */
  readonly stacks: DurableMap<StackRecord>;
  /** By stack id and logical id. */
  readonly #resources: DurableMap<ResourceRecord>;
  readonly #events: DurableMap<StackEventRecord>;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.stacks = cloud.table("cloudformation", "stacks");
    this.#resources = cloud.table("cloudformation", "resources");
    this.#events = cloud.table("cloudformation", "events");
  }

  /** The stack of that name or id; a name finds only a stack that is not deleted. */
  find(nameOrId: string): StackRecord | undefined {
    if (nameOrId.startsWith("arn:")) return this.stacks.get(nameOrId);
    return [...this.stacks.values()].find(
      (stack) => stack.stackName === nameOrId && stack.status !== "DELETE_COMPLETE",
    );
  }

  resources(stackId: string): ResourceRecord[] {
    return [...this.#resources.values()].filter((resource) => resource.stackId === stackId);
  }

  resource(stackId: string, logicalId: string): ResourceRecord | undefined {
    return this.#resources.get(`${stackId} ${logicalId}`);
  }

  /** Newest first. */
  events(stackId: string): StackEventRecord[] {
    return [...this.#events.values()].filter((event) => event.stackId === stackId).reverse();
  }

  /** Stores the resource and adds an event for its status. */
  putResource(stack: StackRecord, record: ResourceRecord, onProgress?: (progress: DeployProgress) => void): void {
    this.#resources.set(`${record.stackId} ${record.logicalId}`, record);
    this.#event(stack, record.logicalId, record.physicalId ?? "", record.type, record.status, record.statusReason);
    onProgress?.({
      logicalId: record.logicalId,
      type: record.type,
      status: record.status,
      ...(record.statusReason === undefined ? {} : { reason: record.statusReason }),
    });
  }

  removeResource(stack: StackRecord, record: ResourceRecord, onProgress?: (progress: DeployProgress) => void): void {
    this.#resources.delete(`${record.stackId} ${record.logicalId}`);
    this.#event(stack, record.logicalId, record.physicalId ?? "", record.type, "DELETE_COMPLETE", undefined);
    onProgress?.({ logicalId: record.logicalId, type: record.type, status: "DELETE_COMPLETE" });
  }

  /** Stores the stack and, when its status changed, adds an event. */
  putStack(stack: StackRecord): StackRecord {
    const before = this.stacks.get(stack.stackId);
    this.stacks.set(stack.stackId, stack);
    if (before?.status !== stack.status) {
      this.#event(stack, stack.stackName, stack.stackId, STACK_TYPE, stack.status, stack.statusReason);
    }
    return stack;
  }

  #event(
    stack: StackRecord,
    logicalId: string,
    physicalId: string,
    type: string,
    status: string,
    reason: string | undefined,
  ): void {
    const eventId = randomUUID();
    this.#events.set(eventId, {
      eventId,
      stackId: stack.stackId,
      stackName: stack.stackName,
      logicalId,
      physicalId,
      type,
      timeMillis: this.#cloud.now(),
      status,
      ...(reason === undefined ? {} : { reason }),
    });
    if (this.#events.size > MAX_EVENTS) {
      const oldest = this.#events.keys().next();
      if (!oldest.done) this.#events.delete(oldest.value);
    }
  }
}
