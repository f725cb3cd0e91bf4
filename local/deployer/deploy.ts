import { randomUUID } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import type { LambdaService } from "../services/lambda/types.ts";
import { readAssembly, type StackAssembly } from "./assembly.ts";
import { applyResource, type Deployment } from "./change-resource.ts";
import { checkedResources } from "./check-template.ts";
import { functionsOfCustomResources } from "./custom-resource-functions.ts";
import { parameterValues, scopeOf } from "./deploy-context.ts";
import { DeployError } from "./deploy-error.ts";
import { destroyStack } from "./destroy.ts";
import { conditionHolds, resolveValue, type Scope } from "./intrinsics.ts";
import { publishAssets } from "./publish-assets.ts";
import { dependenciesOf } from "./references.ts";
import { deletePhysical, removeResource } from "./remove-resource.ts";
import type { Properties } from "./resource-provider.ts";
import { rollBack } from "./rollback.ts";
import { checkAcyclic, type Graph, reversed, runGraph, withNeeds } from "./run-graph.ts";
import type { StackOutput, StackRecord } from "./stack-record.ts";
import { type DeployProgress, StackStore } from "./stack-store.ts";
import type { Template, TemplateResource } from "./template.ts";

/** How an assembly is deployed. */
export interface DeployOptions {
  readonly onProgress?: ((progress: DeployProgress) => void) | undefined;
  /** Which stack, when the assembly holds several. */
  readonly stackName?: string;
}

/** A stack that is completely deployed. */
export interface DeployedStack {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** False when the assembly was deployed already and nothing was done. */
  readonly changed: boolean;
}

/**
 * Deploys the stack of a cloud assembly directory: creates it, or updates it to what the template says. What fails is
 * rolled back. A deployment that was cut off by the end of the process is continued.
 *
 * @throws DeployError that names the resource and the reason.
 */
export async function deployAssembly(
  cloud: Cloud,
  directory: string,
  options: DeployOptions = {},
): Promise<DeployedStack> {
  const assembly = readAssembly(directory, options.stackName);
  const store = new StackStore(cloud);
  let existing = store.find(assembly.stackName);
  if (existing && existing.deployedHash === assembly.hash) {
    return { stackName: existing.stackName, outputs: outputMap(atEndpoint(store, existing, cloud)), changed: false };
  }
  // As in AWS, a stack whose creation was rolled back can only be deleted.
  if (existing?.status === "ROLLBACK_COMPLETE" || existing?.status === "ROLLBACK_FAILED") {
    await destroyStack(cloud, existing.stackName);
    existing = undefined;
  }
  const { deployedHash: _, ...before } = existing ?? newStack(cloud, assembly);
  const verb = existing && existing.status !== "CREATE_IN_PROGRESS" ? "UPDATE" : "CREATE";
  const draft: StackRecord = {
    ...before,
    status: `${verb}_IN_PROGRESS`,
    templateText: assembly.templateText,
    tags: assembly.tags,
    parameters: parameterValues(assembly.template, assembly.parameters),
    ...(verb === "UPDATE" ? { updatedMillis: cloud.now() } : {}),
  };
  const scope = scopeOf(cloud, store, draft, assembly.template);
  const resources = checkedResources(assembly.template, scope);
  const stack = store.putStack(draft);
  const graphBefore = new Map(store.resources(stack.stackId).map((it) => [it.logicalId, new Set(it.dependsOn)]));
  const { onProgress } = options;
  const deployment: Deployment = { cloud, store, stack, onProgress, graphBefore, undo: [], replaced: [] };
  let outputs: StackOutput[];
  try {
    const published = publishAssets(cloud, assembly.assets);
    const applied = applyAll(deployment, resources, scope, published);
    // Both must have come to their end before anything is rolled back.
    const results = await Promise.allSettled([applied, ...published.values()]);
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
    outputs = outputsOf(assembly.template, scope);
  } catch (error) {
    throw await failed(deployment, verb, existing, error);
  }
  await removeOld(deployment, resources);
  const done = store.putStack({
    ...stack,
    status: `${verb}_COMPLETE`,
    outputs,
    endpoint: cloud.endpoint(),
    deployedHash: assembly.hash,
  });
  return { stackName: done.stackName, outputs: outputMap(done), changed: true };
}

/** Outputs such as queue URLs hold the address of the cloud, which another start may have changed. */
function atEndpoint(store: StackStore, stack: StackRecord, cloud: Cloud): StackRecord {
  const [old, current] = [stack.endpoint, cloud.endpoint()];
  if (old === undefined || old === current) return stack;
  const outputs = stack.outputs.map((output) => ({ ...output, value: output.value.replaceAll(old, current) }));
  return store.putStack({ ...stack, endpoint: current, outputs });
}

function newStack(cloud: Cloud, { stackName, templateText }: StackAssembly): StackRecord {
  const stackId = `arn:${cloud.partition}:cloudformation:${cloud.region}:${cloud.accountId}:stack/${stackName}/${randomUUID()}`;
  return {
    stackName,
    stackId,
    status: "CREATE_IN_PROGRESS",
    createdMillis: cloud.now(),
    templateText,
    tags: {},
    parameters: {},
    outputs: [],
  };
}

async function applyAll(
  deployment: Deployment,
  resources: ReadonlyMap<string, TemplateResource>,
  scope: Scope,
  assets: ReadonlyMap<string, Promise<void>>,
): Promise<void> {
  const known = new Set(resources.keys());
  const graph: Graph = new Map([...resources].map(([id, resource]) => [id, dependenciesOf(resource, known)]));
  checkAcyclic(graph);
  const servants = functionsOfCustomResources(resources);
  const apply = async (logicalId: string): Promise<void> => {
    const resource = resources.get(logicalId);
    if (!resource) return;
    const properties = resolveProperties(logicalId, resource, scope);
    await assetsIn(properties, assets);
    await applyResource(deployment, {
      logicalId,
      type: resource.Type,
      properties,
      dependsOn: [...(graph.get(logicalId) ?? [])],
      deletionPolicy: resource.DeletionPolicy ?? "Delete",
      updateReplacePolicy: resource.UpdateReplacePolicy ?? "Delete",
    });
    if (servants.has(logicalId)) prepareFunction(deployment, logicalId);
  };
  // These functions take longest to be of use: they start while everything else is deployed.
  const first = withNeeds(graph, servants);
  await runGraph(new Map([...graph].filter(([logicalId]) => first.has(logicalId))), apply);
  await runGraph(new Map([...graph].filter(([logicalId]) => !first.has(logicalId))), apply);
}

function prepareFunction({ cloud, store, stack }: Deployment, logicalId: string): void {
  const name = store.resource(stack.stackId, logicalId)?.physicalId;
  if (name !== undefined) cloud.service<LambdaService>("lambda").prepare(name);
}

/** Waits for the assets that the properties name; a resource without any need not wait. */
async function assetsIn(properties: Properties, assets: ReadonlyMap<string, Promise<void>>): Promise<void> {
  const text = JSON.stringify(properties);
  await Promise.all([...assets].filter(([objectKey]) => text.includes(objectKey)).map(([, published]) => published));
}

function resolveProperties(logicalId: string, resource: TemplateResource, scope: Scope): Properties {
  try {
    return resolveValue(resource.Properties ?? {}, scope) as Properties;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError(`${resource.Type} '${logicalId}': ${reason}`, { logicalId, cause: error });
  }
}

/** After everything new works: removes replaced resources and those that left the template. */
async function removeOld(deployment: Deployment, wanted: ReadonlyMap<string, TemplateResource>): Promise<void> {
  const { store, stack } = deployment;
  for (const record of deployment.replaced.reverse()) {
    if (record.updateReplacePolicy !== "Retain") await deletePhysical(deployment, record);
  }
  const gone = store.resources(stack.stackId).filter((record) => !wanted.has(record.logicalId));
  const byId = new Map(gone.map((record) => [record.logicalId, record]));
  const graph: Graph = new Map(gone.map((record) => [record.logicalId, new Set(record.dependsOn)]));
  await runGraph(reversed(graph), async (logicalId) => {
    const record = byId.get(logicalId);
    if (record) await removeResource(deployment, record);
  });
}

async function failed(
  deployment: Deployment,
  verb: "CREATE" | "UPDATE",
  existing: StackRecord | undefined,
  error: unknown,
): Promise<DeployError> {
  const { store, stack } = deployment;
  const reason = error instanceof Error ? error.message : String(error);
  const prefix = verb === "CREATE" ? "ROLLBACK" : "UPDATE_ROLLBACK";
  // The template that is really deployed is shown again; without a hash the next deployment tries anew.
  const restored = verb === "UPDATE" && existing ? { ...stack, templateText: existing.templateText } : stack;
  store.putStack({ ...restored, status: `${prefix}_IN_PROGRESS`, statusReason: reason });
  try {
    await rollBack(deployment);
  } catch (rollbackError) {
    const detail = rollbackError instanceof Error ? rollbackError.message : String(rollbackError);
    store.putStack({ ...restored, status: `${prefix}_FAILED`, statusReason: detail });
    return new DeployError(
      `stack '${stack.stackName}' failed: ${reason}\nand could not be rolled back: ${detail}\nRun 'mlops local reset' to start from nothing.`,
      { cause: error },
    );
  }
  store.putStack({ ...restored, status: `${prefix}_COMPLETE`, statusReason: reason });
  return new DeployError(`stack '${stack.stackName}' failed and was rolled back: ${reason}`, { cause: error });
}

function outputsOf(template: Template, scope: Scope): StackOutput[] {
  return Object.entries(template.Outputs ?? {})
    .filter(([, output]) => conditionHolds(output.Condition, scope))
    .map(([key, output]) => ({
      key,
      value: String(resolveValue(output.Value, scope)),
      ...(output.Description === undefined ? {} : { description: output.Description }),
      ...(output.Export === undefined ? {} : { exportName: String(resolveValue(output.Export.Name, scope)) }),
    }));
}

/** A stack's outputs by key. */
export function outputMap(stack: StackRecord): Record<string, string> {
  return Object.fromEntries(stack.outputs.map((output) => [output.key, output.value]));
}
