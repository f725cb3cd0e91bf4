import type { ModelDefinition } from "../definition/schema.ts";

/** What every plan needs to know about stack and model. */
export interface PlanContext {
  readonly stage: string;
  readonly region: string;
  readonly dataBucket: string;
  readonly artifactBucket: string;
  readonly sagemakerRoleArn: string;
  readonly definition: ModelDefinition;
}
