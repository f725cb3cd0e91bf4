import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { Factory } from "../factory.ts";

/** How often the endpoint is looked at. */
const POLL_MILLIS = 2_000;
/** Deleting takes SageMaker a minute or two; an update that runs must end first. Below the 15 minutes of a Lambda function. */
const LIMIT_MILLIS = 12 * 60_000;
/**
 * States in which SageMaker refuses to delete, or is deleting already:
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html.
 */
const BUSY: ReadonlySet<string> = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

/**
 * Deletes an endpoint and waits until it is gone: its config may not be deleted before that. One that changes is awaited first.
 *
 * @throws MlopsError `cloud.unavailable` when it is still there after 12 minutes
 */
export async function deleteEndpointAndWait(factory: Factory, name: string): Promise<void> {
  const deadline = factory.clock.now().getTime() + LIMIT_MILLIS;
  for (;;) {
    const endpoint = await factory.training.describeEndpoint(name);
    if (endpoint === null) return;
    if (!BUSY.has(endpoint.status)) await factory.training.deleteEndpoint(name);
    if (factory.clock.now().getTime() > deadline) {
      throw new MlopsError(
        "cloud.unavailable",
        `endpoint ${name} is still ${endpoint.status} after 12 minutes; try again`,
      );
    }
    if (BUSY.has(endpoint.status)) await factory.clock.sleep(POLL_MILLIS);
  }
}
