import type { Deployment, UndoStep } from "./change-resource.ts";
import { deployedOf, resourceContext } from "./deploy-context.ts";
import { deletePhysical, removeResource } from "./remove-resource.ts";
import { providerOf } from "./resources/index.ts";
import { runGraph } from "./run-graph.ts";
import type { ResourceRecord } from "./stack-record.ts";

/** A resource that existed before the deployment. */
interface Changed extends UndoStep {
  readonly before: ResourceRecord;
}

/**
 * Takes back what a failed deployment did, as CloudFormation does: what was changed is first restored in the order of its dependencies (a
 * function's role has its old policy again before the function is asked to go back), then what was made is deleted, newest first.
 *
 * Throws AggregateError when something cannot be taken back.
 */
export async function rollBack(deployment: Deployment): Promise<void> {
  const errors: unknown[] = [];
  const collecting = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };
  const changed = new Map(deployment.undo.filter(isChanged).map((step) => [step.logicalId, step]));
  // Unchanged resources count as well: one may stand between two that were changed.
  await runGraph(deployment.graphBefore, (logicalId) => collecting(() => restore(deployment, changed.get(logicalId))));
  for (const step of [...deployment.undo].reverse()) await collecting(() => cleanUp(deployment, step));
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join("; "));
}

function isChanged(step: UndoStep): step is Changed {
  return step.before !== undefined;
}

/** Whether a new physical resource stands beside the one that was there before. */
function isBeside({ before, replacement }: UndoStep, record: ResourceRecord): boolean {
  return replacement || record.physicalId !== before?.physicalId;
}

async function restore({ cloud, store, stack, onProgress }: Deployment, step: Changed | undefined): Promise<void> {
  const record = step && store.resource(stack.stackId, step.logicalId);
  if (!record || isBeside(step, record)) return;
  const { before } = step;
  const context = resourceContext(cloud, stack, before);
  await providerOf(before.type).update(context, before.properties, deployedOf(record));
  store.putResource(stack, { ...before, status: "UPDATE_COMPLETE", updatedMillis: cloud.now() }, onProgress);
}

async function cleanUp(deployment: Deployment, step: UndoStep): Promise<void> {
  const { cloud, store, stack, onProgress } = deployment;
  const record = store.resource(stack.stackId, step.logicalId);
  if (!record) return;
  if (!isChanged(step)) return await removeResource(deployment, record);
  if (!isBeside(step, record)) return;
  if (record.physicalId !== step.before.physicalId) await deletePhysical(deployment, record);
  store.putResource(stack, { ...step.before, status: "UPDATE_COMPLETE", updatedMillis: cloud.now() }, onProgress);
}
