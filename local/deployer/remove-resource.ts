import type { Cloud } from "../kernel/cloud.ts";
import { deployedOf, resourceContext } from "./deploy-context.ts";
import { DeployError } from "./deploy-error.ts";
import { providerOf } from "./resources/index.ts";
import type { ResourceRecord, StackRecord } from "./stack-record.ts";
import type { DeployProgress, StackStore } from "./stack-store.ts";

/** What is needed to remove resources. */
export interface Removal {
  readonly cloud: Cloud;
  readonly store: StackStore;
  readonly stack: StackRecord;
  readonly onProgress: ((progress: DeployProgress) => void) | undefined;
}

/** Deletes a resource of the stack and its record; one with policy `Retain` keeps living outside the stack. */
export async function removeResource(removal: Removal, record: ResourceRecord): Promise<void> {
  const { cloud, store, stack, onProgress } = removal;
  if (retains(record)) {
    store.putResource(stack, { ...record, status: "DELETE_SKIPPED", updatedMillis: cloud.now() }, onProgress);
    store.removeResource(stack, record);
    return;
  }
  store.putResource(stack, { ...record, status: "DELETE_IN_PROGRESS", updatedMillis: cloud.now() }, onProgress);
  try {
    await deletePhysical(removal, record);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const failed = { ...record, status: "DELETE_FAILED", statusReason: reason, updatedMillis: cloud.now() };
    store.putResource(stack, failed, onProgress);
    throw new DeployError(`${record.type} '${record.logicalId}' could not be deleted: ${reason}`, {
      logicalId: record.logicalId,
      cause: error,
    });
  }
  store.removeResource(stack, record, onProgress);
}

/** Deletes what the record stands for and leaves the records alone; for replaced resources. */
export async function deletePhysical({ cloud, stack }: Removal, record: ResourceRecord): Promise<void> {
  // Without a physical id nothing is known to exist; a repeated create takes over what a cut-off one left.
  if (record.physicalId === undefined) return;
  await providerOf(record.type).delete(resourceContext(cloud, stack, record), deployedOf(record));
}

function retains(record: ResourceRecord): boolean {
  if (record.physicalId === undefined) return false;
  return record.deletionPolicy === "Retain" || record.deletionPolicy === "RetainExceptOnCreate";
}
