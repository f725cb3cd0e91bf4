import type { DeletionPolicy } from "./template.ts";

/** A deployed stack. Times are epoch milliseconds. */
export interface StackRecord {
  readonly stackName: string;
  readonly stackId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly createdMillis: number;
  readonly updatedMillis?: number;
  readonly deletedMillis?: number;
  readonly templateText: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  /** Address of the cloud when the outputs were computed. */
  readonly endpoint?: string;
  /** Hash of the assembly that is completely deployed; absent while anything is in progress or failed. */
  readonly deployedHash?: string;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A resource of a stack: what was asked for, and what it became. */
export interface ResourceRecord {
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly updatedMillis: number;
  /** Absent until the resource exists. */
  readonly physicalId?: string;
  /** Resolved properties of the last success. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  /** How often the resource was replaced: part of generated names, so that old and new can live side by side. */
  readonly generation: number;
}

/** One line of a stack's history. */
export interface StackEventRecord {
  readonly eventId: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly timeMillis: number;
  readonly status: string;
  readonly reason?: string;
}
