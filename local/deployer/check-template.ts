import { DeployError } from "./deploy-error.ts";
import { conditionHolds, type Scope } from "./intrinsics.ts";
import { findProvider, supportedTypes } from "./resources/index.ts";
import type { Template, TemplateResource } from "./template.ts";

/**
 * The resources of a template whose condition holds. Throws DeployError, before anything is created, that lists every
 * resource type and every property that the local cloud does not support.
 */
export function checkedResources(template: Template, scope: Scope): Map<string, TemplateResource> {
  if (template.Transform !== undefined) {
    throw new DeployError(
      `the local cloud does not support template transforms (${JSON.stringify(template.Transform)})`,
    );
  }
  const problems: string[] = [];
  const resources = new Map<string, TemplateResource>();
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (!conditionHolds(resource.Condition, scope)) continue;
    resources.set(logicalId, resource);
    const provider = findProvider(resource.Type);
    if (!provider) {
      problems.push(`${resource.Type} '${logicalId}': the resource type is not supported`);
      continue;
    }
    for (const name of Object.keys(resource.Properties ?? {})) {
      if (provider.properties && !provider.properties.has(name)) {
        problems.push(`${resource.Type} '${logicalId}': the property ${name} is not supported`);
      }
    }
  }
  if (problems.length > 0) {
    throw new DeployError(
      `the local cloud cannot deploy this template:\n  ${problems.join("\n  ")}\nSupported types: ${supportedTypes().join(", ")}`,
    );
  }
  return resources;
}
