import * as z from "zod";
import { dataSchema, type featureSchema } from "./data-schema.ts";
import { PROBLEMS } from "./metrics.ts";
import {
  deliverySchema,
  endpointSchema,
  gateSchema,
  monitoringSchema,
  retrainingSchema,
  trainingSchema,
} from "./operation-schemas.ts";

/** What a model name must look like: every name derived from it then fits SageMaker's 63 characters. */
export const MODEL_NAME_PATTERN = /^[a-z][a-z0-9-]{0,29}$/;

/**
 * The schema of `models/<name>/model.yaml`: source of the type, the parser, the JSON Schema for editors and the reference
 * page. Strict: a member that it does not know is an error. Rules that span members are in cross-checks.ts.
 */
export const modelSchema = z
  .strictObject({
    schemaVersion: z.literal(1).meta({ description: "Version of this format" }),
    name: z
      .string()
      .regex(MODEL_NAME_PATTERN)
      .meta({
        description:
          "The model's name, also of its folder: a lower-case letter, then up to 29 lower-case letters, digits or hyphens",
        examples: ["birdstrike-damage"],
      }),
    description: z.string().max(1_000).default("").meta({ description: "What the model answers, in one sentence" }),
    owner: z.string().max(100).default("").meta({ description: "Who is asked about it" }),
    problem: z.enum(PROBLEMS).meta({ description: "The kind of prediction" }),
    data: dataSchema.meta({ description: "The files, the columns, and what a plausible batch looks like" }),
    training: trainingSchema,
    gate: gateSchema.meta({ description: "What a trained model must prove before it may serve" }),
    approval: z.enum(["automatic"]).default("automatic").meta({
      description: "A version that passes the gate is delivered without being asked for",
    }),
    endpoint: endpointSchema,
    delivery: deliverySchema,
    monitoring: monitoringSchema,
    retraining: retrainingSchema,
  })
  .meta({ title: "Model definition", description: "A model of the factory: models/<name>/model.yaml" });

/** A model definition with every default filled in. */
export type ModelDefinition = z.output<typeof modelSchema>;

/** One feature of a model definition. */
export type Feature = z.output<typeof featureSchema>;

/** Which batches a training run uses. */
export type DatasetWindow = ModelDefinition["data"]["window"];

/** What starts a training run without being asked for. */
export type RetrainingTrigger = ModelDefinition["retraining"]["on"][number];
