import type { ModelDefinition } from "../../core/definition/schema.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { PlanContext } from "../../core/plans/context.ts";
import type { VersionItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";

/** The published definition of a model. @throws MlopsError `definition.not-found` */
export async function requireDefinition(
  factory: Pick<Factory, "registry">,
  model: string,
): Promise<PublishedDefinition> {
  const published = await factory.registry.getDefinition(model);
  if (published === null) {
    throw new MlopsError(
      "definition.not-found",
      `no model ${model} is published; add models/${model}/model.yaml and deploy`,
    );
  }
  return published;
}

/** A version of a model. @throws MlopsError `registry.not-found` */
export async function requireVersion(
  factory: Pick<Factory, "registry">,
  model: string,
  version: number,
): Promise<VersionItem> {
  const item = await factory.registry.getVersion(model, version);
  if (item === null) throw new MlopsError("registry.not-found", `${model} has no version ${version}`);
  return item;
}

/** What plans need to know about stack and model. */
export function planContext(factory: Pick<Factory, "settings">, definition: ModelDefinition): PlanContext {
  const { stage, region, dataBucket, artifactBucket, sagemakerRoleArn } = factory.settings;
  return { stage, region, dataBucket, artifactBucket, sagemakerRoleArn, definition };
}
