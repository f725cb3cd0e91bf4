import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { leanHandlerContext } from "../../adapters/lean-context.ts";
import { publishCatalog, removeCatalog } from "../../app/use-cases/publish-catalog.ts";
import { answerCloudFormation } from "./answer-cloudformation.ts";

const { factory, logger } = leanHandlerContext("catalog");

/** Publishes the model definitions at every deployment and takes all models down when the stack goes. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<{ Data: { Models: string } } | null> {
  const physicalId = `model-catalog-${factory.settings.stage}`;
  try {
    const models = await apply(event);
    const Data = { Models: String(models) };
    await answerCloudFormation(event, { Status: "SUCCESS", PhysicalResourceId: physicalId, Data });
    logger.info("done", { requestType: event.RequestType, models });
    return { Data };
  } catch (error) {
    logger.error("the catalog could not be applied", error as Error);
    const Reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await answerCloudFormation(event, { Status: "FAILED", PhysicalResourceId: physicalId, Reason });
    // CloudFormation knows. Throwing would make Lambda repeat the request while the stack is being rolled back.
    return null;
  }
}

async function apply(event: CloudFormationCustomResourceEvent): Promise<number> {
  if (event.RequestType === "Delete") {
    await removeCatalog(factory);
    return 0;
  }
  const { CatalogBucket, CatalogKey } = event.ResourceProperties;
  return publishCatalog(factory, { bucket: String(CatalogBucket), key: String(CatalogKey) });
}
