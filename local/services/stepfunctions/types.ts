import type { LocalService } from "../../kernel/cloud.ts";

/** Local Step Functions, as other services of the cloud may use it in process. */
export interface StepfunctionsService extends LocalService {
  /**
   * Says that a SageMaker job of this name has changed its status, so that a `.sync` task that waits for it looks at once
   * instead of at its next poll. Calling it is optional and never an error.
   */
  jobChanged(name: string): void;
}
