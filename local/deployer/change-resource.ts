import { isDeepStrictEqual } from "node:util";
import type { Cloud } from "../kernel/cloud.ts";
import { deployedOf, resourceContext } from "./deploy-context.ts";
import { DeployError } from "./deploy-error.ts";
import { deletePhysical } from "./remove-resource.ts";
import type { Properties, ResourceProvider } from "./resource-provider.ts";
import { providerOf } from "./resources/index.ts";
import type { Graph } from "./run-graph.ts";
import type { ResourceRecord, StackRecord } from "./stack-record.ts";
import type { DeployProgress, StackStore } from "./stack-store.ts";

/** One deployment while it runs. */
export interface Deployment {
  readonly cloud: Cloud;
  readonly store: StackStore;
  readonly stack: StackRecord;
  readonly onProgress: ((progress: DeployProgress) => void) | undefined;
  /** What waited for what before this deployment. */
  readonly graphBefore: Graph;
  /** What was done so far, in order: rolled back from the end when something fails. */
  readonly undo: UndoStep[];
  /** Old resources that were replaced; removed after everything else succeeded. */
  readonly replaced: ResourceRecord[];
}

/** `before` is absent for a resource that was created by this deployment. */
export interface UndoStep {
  readonly logicalId: string;
  readonly before: ResourceRecord | undefined;
  /** The new resource lives beside the old one until the end. */
  readonly replacement: boolean;
}

/** What the template says about one resource, resolved. */
export interface DesiredResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: ResourceRecord["deletionPolicy"];
  readonly updateReplacePolicy: ResourceRecord["updateReplacePolicy"];
}

/** Creates, updates, replaces or keeps one resource so that it becomes what is desired. */
export async function applyResource(deployment: Deployment, desired: DesiredResource): Promise<void> {
  const { store, stack } = deployment;
  const current = store.resource(stack.stackId, desired.logicalId);
  if (current === undefined || current.status.startsWith("CREATE_") !== (current.status === "CREATE_COMPLETE")) {
    // What a cut-off creation left half made is removed, then made anew.
    if (current) await deletePhysical(deployment, current);
    return await create(deployment, desired, current);
  }
  if (current.type !== desired.type) {
    throw new DeployError(
      `'${desired.logicalId}' changes its type from ${current.type} to ${desired.type}; CloudFormation cannot do that, rename it`,
      { logicalId: desired.logicalId },
    );
  }
  const unfinished = current.status !== "CREATE_COMPLETE" && current.status !== "UPDATE_COMPLETE";
  if (!unfinished && isDeepStrictEqual(current.properties, desired.properties)) {
    const kept = { ...current, ...policiesOf(desired) };
    if (!isDeepStrictEqual(kept, current)) store.putResource(stack, kept);
    return;
  }
  const provider = providerOf(desired.type);
  const replacing = provider.replaceOn.some(
    (name) => !isDeepStrictEqual(current.properties[name], desired.properties[name]),
  );
  if (replacing) await replace(deployment, provider, desired, current);
  else await update(deployment, provider, desired, current);
}

async function create(
  deployment: Deployment,
  desired: DesiredResource,
  leftover: ResourceRecord | undefined,
): Promise<void> {
  const started: ResourceRecord = {
    stackId: deployment.stack.stackId,
    logicalId: desired.logicalId,
    type: desired.type,
    status: "CREATE_IN_PROGRESS",
    updatedMillis: deployment.cloud.now(),
    properties: {},
    attributes: {},
    generation: leftover?.generation ?? 0,
    ...policiesOf(desired),
  };
  deployment.undo.push({ logicalId: desired.logicalId, before: undefined, replacement: false });
  await run(deployment, started, desired.properties, "CREATE", () => {
    const context = resourceContext(deployment.cloud, deployment.stack, started, {
      resuming: leftover !== undefined,
      claim: (physicalId) =>
        deployment.store.putResource(deployment.stack, {
          ...started,
          physicalId,
          statusReason: "Resource creation Initiated",
        }),
    });
    return providerOf(desired.type).create(context, desired.properties);
  });
}

async function update(
  deployment: Deployment,
  provider: ResourceProvider,
  desired: DesiredResource,
  current: ResourceRecord,
): Promise<void> {
  const started: ResourceRecord = {
    ...current,
    ...policiesOf(desired),
    status: "UPDATE_IN_PROGRESS",
    updatedMillis: deployment.cloud.now(),
  };
  deployment.undo.push({ logicalId: desired.logicalId, before: current, replacement: false });
  await run(deployment, started, desired.properties, "UPDATE", async () => {
    const context = resourceContext(deployment.cloud, deployment.stack, started);
    const state = await provider.update(context, desired.properties, deployedOf(current));
    // A custom resource that answers with another physical id has replaced itself.
    if (state.physicalId !== current.physicalId) deployment.replaced.push(current);
    return state;
  });
}

async function replace(
  deployment: Deployment,
  provider: ResourceProvider,
  desired: DesiredResource,
  current: ResourceRecord,
): Promise<void> {
  const generation = current.generation + 1;
  const started: ResourceRecord = {
    ...current,
    ...policiesOf(desired),
    generation,
    status: "UPDATE_IN_PROGRESS",
    statusReason: "Requested update requires the creation of a new physical resource; hence creating one.",
    updatedMillis: deployment.cloud.now(),
  };
  deployment.undo.push({ logicalId: desired.logicalId, before: current, replacement: true });
  await run(deployment, started, desired.properties, "UPDATE", async () => {
    const context = resourceContext(deployment.cloud, deployment.stack, started);
    const state = await provider.create(context, desired.properties);
    if (state.physicalId === current.physicalId) {
      throw new DeployError(
        `it must be replaced, but its new name '${state.physicalId}' is the name of the old one; give it another name`,
      );
    }
    deployment.replaced.push(current);
    return state;
  });
}

async function run(
  { cloud, store, stack, onProgress }: Deployment,
  started: ResourceRecord,
  properties: Properties,
  verb: "CREATE" | "UPDATE",
  work: () => Promise<{ physicalId: string; attributes: Readonly<Record<string, unknown>> }>,
): Promise<void> {
  store.putResource(stack, started, onProgress);
  try {
    const { physicalId, attributes } = await work();
    const { statusReason: _, ...rest } = started;
    const done = {
      ...rest,
      physicalId,
      attributes,
      properties,
      status: `${verb}_COMPLETE`,
      updatedMillis: cloud.now(),
    };
    store.putResource(stack, done, onProgress);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const claimed = store.resource(stack.stackId, started.logicalId)?.physicalId ?? started.physicalId;
    const failed = {
      ...started,
      ...(claimed === undefined ? {} : { physicalId: claimed }),
      status: `${verb}_FAILED`,
      statusReason: reason,
      updatedMillis: cloud.now(),
    };
    store.putResource(stack, failed, onProgress);
    throw new DeployError(`${started.type} '${started.logicalId}': ${reason}`, {
      logicalId: started.logicalId,
      cause: error,
    });
  }
}

function policiesOf(desired: DesiredResource) {
  const { dependsOn, deletionPolicy, updateReplacePolicy } = desired;
  return { dependsOn, deletionPolicy, updateReplacePolicy };
}
