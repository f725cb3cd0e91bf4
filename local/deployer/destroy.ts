import type { Cloud } from "../kernel/cloud.ts";
import { DeployError } from "./deploy-error.ts";
import { removeResource } from "./remove-resource.ts";
import { type Graph, reversed, runGraph } from "./run-graph.ts";
import { type DeployProgress, StackStore } from "./stack-store.ts";

/**
 * Deletes a stack: its resources in reverse order of their dependencies, except those with policy `Retain`. A stack that
 * does not exist is a success. Throws DeployError when a resource cannot be deleted; the stack is then `DELETE_FAILED`
 * and can be destroyed again.
 */
export async function destroyStack(
  cloud: Cloud,
  stackName: string,
  options: { onProgress?: (progress: DeployProgress) => void } = {},
): Promise<void> {
  const store = new StackStore(cloud);
  const existing = store.find(stackName);
  if (!existing || existing.status === "DELETE_COMPLETE") return;
  const { deployedHash: _, ...rest } = existing;
  const stack = store.putStack({ ...rest, status: "DELETE_IN_PROGRESS" });
  const records = new Map(store.resources(stack.stackId).map((record) => [record.logicalId, record]));
  const graph: Graph = new Map([...records.values()].map((record) => [record.logicalId, new Set(record.dependsOn)]));
  try {
    await runGraph(reversed(graph), async (logicalId) => {
      const record = records.get(logicalId);
      if (record) await removeResource({ cloud, store, stack, onProgress: options.onProgress }, record);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    store.putStack({ ...stack, status: "DELETE_FAILED", statusReason: reason });
    throw new DeployError(`stack '${stackName}' could not be deleted: ${reason}`, { cause: error });
  }
  store.putStack({ ...stack, status: "DELETE_COMPLETE", deletedMillis: cloud.now(), outputs: [] });
}
