import * as z from "zod";
import { MlopsError } from "../core/errors/mlops-error.ts";

const arn = z.string().regex(/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/, "expected an ARN");

const environmentSchema = z.object({
  STAGE: z.string().regex(/^[a-z][a-z0-9]{0,9}$/),
  AWS_REGION: z.string().min(1),
  DATA_BUCKET: z.string().min(3),
  ARTIFACT_BUCKET: z.string().min(3),
  REGISTRY_TABLE: z.string().min(3),
  ALERT_TOPIC_ARN: arn,
  TRAINING_STATE_MACHINE_ARN: arn,
  DELIVERY_STATE_MACHINE_ARN: arn,
  MONITORING_STATE_MACHINE_ARN: arn,
  INGEST_STATE_MACHINE_ARN: arn,
  SAGEMAKER_ROLE_ARN: arn,
  LARGE_FILE_BYTES: z.coerce.number().int().min(1),
});

/** What a Lambda reads from its environment. */
export type Environment = z.output<typeof environmentSchema>;

/**
 * Parses the environment once, at module scope.
 *
 * @throws MlopsError `environment.invalid` that names every wrong variable
 */
export function parseEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = environmentSchema.safeParse(variables);
  if (parsed.success) return parsed.data;
  throw new MlopsError("environment.invalid", `the environment is wrong:\n${z.prettifyError(parsed.error)}`);
}
