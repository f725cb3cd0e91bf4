import type { Deployment, UndoStep } from "./change-resource.ts";
import { deployedOf, resourceContext } from "./deploy-context.ts";
import { deletePhysical, removeResource } from "./remove-resource.ts";
import { providerOf } from "./resources/index.ts";

/** Takes back what a failed deployment did, newest first. Throws AggregateError when something cannot be taken back. */
export async function rollBack(deployment: Deployment): Promise<void> {
  const errors: unknown[] = [];
  for (const step of [...deployment.undo].reverse()) {
    try {
      await undo(deployment, step);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join("; "));
}

async function undo(deployment: Deployment, { logicalId, before, replacement }: UndoStep): Promise<void> {
  const { cloud, store, stack, onProgress } = deployment;
  const record = store.resource(stack.stackId, logicalId);
  if (!record) return;
  if (!before) return await removeResource(deployment, record);
  const isNew = record.physicalId !== before.physicalId;
  if (isNew) await deletePhysical(deployment, record);
  if (!replacement && !isNew) {
    const context = resourceContext(cloud, stack, before);
    await providerOf(before.type).update(context, before.properties, deployedOf(record));
  }
  store.putResource(stack, { ...before, status: "UPDATE_COMPLETE", updatedMillis: cloud.now() }, onProgress);
}
