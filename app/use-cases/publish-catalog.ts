import { checkDefinition } from "../../core/definition/check.ts";
import { definitionHash } from "../../core/definition/definition.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";
import { inParallel } from "../support/in-parallel.ts";
import { readJson } from "../support/json.ts";
import { takeDown } from "./take-down.ts";

/** Thousands of models must fit the function's 15 minutes, and the table's write rate. */
const MODELS_AT_A_TIME = 16;

/** The catalog asset: what the synthesizer has put together. */
interface Catalog {
  readonly definitions: readonly unknown[];
  /** Bundle of each recipe; without a bucket it lies beside the catalog. */
  readonly sources: Readonly<
    Record<string, { readonly bucket?: string; readonly key: string; readonly sha256: string }>
  >;
}

/**
 * Publishes every definition of a catalog: sources are copied content-addressed into the artifact bucket, changed definitions
 * replace the old ones, and models that are not in the catalog any more are taken down. Repeatable.
 *
 * @returns the number of published models
 * @throws MlopsError `definition.invalid`, `data.object-gone`
 */
export async function publishCatalog(
  factory: Factory,
  location: { readonly bucket: string; readonly key: string },
): Promise<number> {
  const [catalog, published] = await Promise.all([
    readJson<Catalog>(factory, location),
    factory.registry.listDefinitions(),
  ]);
  const definitions = catalog.definitions.map((value, index) =>
    checkDefinition(value, `definition ${index + 1} of the model catalog`),
  );
  const before = new Map(published.map((item) => [item.model, item]));
  const sourceKeys = new Map<string, string>();
  const recipes = new Set(definitions.map((definition) => definition.training.recipe));
  await inParallel(MODELS_AT_A_TIME, [...recipes], async (recipe) => {
    sourceKeys.set(recipe, await publishSource(factory, catalog, location.bucket, recipe));
  });
  await inParallel(MODELS_AT_A_TIME, definitions, (definition) => {
    const sourceKey = sourceKeys.get(definition.training.recipe) ?? "";
    return publishDefinition(factory, definition, sourceKey, before.get(definition.name));
  });
  for (const definition of definitions) before.delete(definition.name);
  // Each endpoint takes SageMaker a minute or two, so they go side by side.
  await inParallel(MODELS_AT_A_TIME, [...before.keys()], (model) =>
    removeModel(factory, model, "its definition was removed"),
  );
  return definitions.length;
}

async function publishDefinition(
  factory: Factory,
  definition: ModelDefinition,
  sourceKey: string,
  old: PublishedDefinition | undefined,
): Promise<void> {
  const hash = definitionHash(definition);
  if (old?.hash === hash && old.sourceKey === sourceKey) return;
  const publishedAt = factory.clock.now().toISOString();
  await factory.registry.putDefinition({ model: definition.name, definition, hash, publishedAt, sourceKey });
  await audit(factory, definition.name, old === undefined ? "DefinitionPublished" : "DefinitionChanged", {
    before: old?.hash ?? null,
    after: hash,
  });
}

/** Takes down every model; for the deletion of the stack. */
export async function removeCatalog(factory: Factory): Promise<void> {
  await inParallel(MODELS_AT_A_TIME, await factory.registry.listDefinitions(), ({ model }) =>
    removeModel(factory, model, "the stack was deleted"),
  );
}

async function removeModel(factory: Factory, model: string, reason: string): Promise<void> {
  await takeDown(factory, model, reason);
  await factory.registry.deleteDefinition(model);
  await audit(factory, model, "DefinitionRemoved", { before: "published", after: null }, reason);
}

async function publishSource(
  factory: Factory,
  catalog: Catalog,
  catalogBucket: string,
  recipe: string,
): Promise<string> {
  const source = catalog.sources[recipe];
  if (source === undefined) {
    throw new MlopsError("input.invalid", `the model catalog has no source bundle for recipe ${recipe}`);
  }
  const key = `sources/${recipe}/${source.sha256}.tar.gz`;
  const target = { bucket: factory.settings.artifactBucket, key };
  if ((await factory.objects.head(target)) === null) {
    await factory.objects.copy({ bucket: source.bucket ?? catalogBucket, key: source.key }, target);
  }
  return key;
}

async function audit(
  factory: Factory,
  model: string,
  action: string,
  change: { before: string | null; after: string | null },
  reason = "deployment",
): Promise<void> {
  const at = factory.clock.now().toISOString();
  await factory.registry.putAuditEvent({
    model,
    at,
    sequence: action,
    action,
    actor: "catalog",
    reason,
    before: { definition: change.before },
    after: { definition: change.after },
  });
}
