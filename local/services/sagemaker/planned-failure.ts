import type { Cloud } from "../../kernel/cloud.ts";
import type { JobFault } from "../../kernel/faults/fault.ts";
import { faultsOf } from "../../kernel/faults/fault-plan.ts";
import { JobFailure } from "./errors.ts";

/** What runs behind SageMaker's API and can be told to fail. */
type Work = "RunTrainingJob" | "RunTransformJob" | "RunEndpoint";

/** What the cloud's fault plan wants of this job or endpoint. */
export function plannedFailure(cloud: Cloud, work: Work, name: object): JobFault | undefined {
  return faultsOf(cloud).take("sagemaker", work, name)?.job;
}

/** Throws JobFailure when the fault plan gives a reason to fail. */
export function throwPlannedFailure(cloud: Cloud, work: Work, name: object): void {
  const reason = plannedFailure(cloud, work, name)?.failureReason;
  // The plan's reason is in AWS's words already.
  if (reason !== undefined) throw new JobFailure(null, reason);
}
