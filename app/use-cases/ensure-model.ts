import { resourceTags } from "../../core/plans/tags.ts";
import type { VersionItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";

/** Makes sure that a version's SageMaker model exists; one that was tidied away is made again from the registry. */
export async function ensureModel(factory: Factory, version: VersionItem): Promise<void> {
  if (await factory.training.modelExists(version.sagemakerModel)) return;
  // First on record, then made: a crash in between leaves nothing that the registry does not know.
  if (!version.sagemakerModelKept) await factory.registry.putVersion({ ...version, sagemakerModelKept: true });
  await factory.training.createModel({
    ModelName: version.sagemakerModel,
    ExecutionRoleArn: factory.settings.sagemakerRoleArn,
    PrimaryContainer: {
      Image: version.image,
      Environment: version.environment,
      ModelDataUrl: version.modelDataUrl,
    },
    Tags: resourceTags(factory.settings.stage, version.model, { "mlops:run": version.runId }),
  });
}
