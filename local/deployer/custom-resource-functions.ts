import { dependenciesOf } from "./references.ts";
import { customResource } from "./resources/custom-resource.ts";
import { findProvider } from "./resources/index.ts";
import type { TemplateResource } from "./template.ts";

/** Logical ids of the functions that custom resources of the template are served by (those that the deployer serves itself have none). */
export function functionsOfCustomResources(resources: ReadonlyMap<string, TemplateResource>): ReadonlySet<string> {
  const functions = new Set(
    [...resources].filter(([, { Type }]) => Type === "AWS::Lambda::Function").map(([logicalId]) => logicalId),
  );
  const found = new Set<string>();
  for (const { Type, Properties } of resources.values()) {
    if (findProvider(Type) !== customResource) continue;
    const token = { Type, Properties: { ServiceToken: Properties?.["ServiceToken"] } };
    for (const logicalId of dependenciesOf(token, functions)) found.add(logicalId);
  }
  return found;
}
