import { definitionHash } from "../../core/definition/definition.ts";
import { checkDefinition } from "../../core/definition/parse.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { Factory } from "../factory.ts";
import { readJson } from "../support/json.ts";
import { takeDown } from "./take-down.ts";

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
  const catalog = await readJson<Catalog>(factory, location);
  const definitions = catalog.definitions.map((value, index) =>
    checkDefinition(value, `definition ${index + 1} of the model catalog`),
  );
  const before = new Map((await factory.registry.listDefinitions()).map((item) => [item.model, item]));
  for (const definition of definitions) {
    const sourceKey = await publishSource(factory, catalog, location.bucket, definition.training.recipe);
    const hash = definitionHash(definition);
    const old = before.get(definition.name);
    before.delete(definition.name);
    if (old?.hash === hash && old.sourceKey === sourceKey) continue;
    const publishedAt = factory.clock.now().toISOString();
    await factory.registry.putDefinition({ model: definition.name, definition, hash, publishedAt, sourceKey });
    await audit(factory, definition.name, old === undefined ? "DefinitionPublished" : "DefinitionChanged", {
      before: old?.hash ?? null,
      after: hash,
    });
  }
  for (const model of before.keys()) await removeModel(factory, model, "its definition was removed");
  return definitions.length;
}

/** Takes down every model; for the deletion of the stack. */
export async function removeCatalog(factory: Factory): Promise<void> {
  for (const { model } of await factory.registry.listDefinitions()) {
    await removeModel(factory, model, "the stack was deleted");
  }
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
