import { z } from "zod";

/**
 * What differs between the stages of one factory: what is kept when a stack goes, who is told, how often it looks. Written as `stages/<stage>.yaml`,
 * validated as strictly as a model definition.
 */
export const stageSettingsSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    stage: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,9}$/, "1 to 10 lower-case letters and digits, starting with a letter")
      .meta({ description: "Name of the stage: part of the name of every resource", examples: ["dev", "prod"] }),
    retainData: z.boolean().meta({
      description: "Keep buckets and registry when the stack is deleted, and protect the stack from deletion",
    }),
    alertEmails: z
      .array(z.email())
      .default([])
      .meta({ description: "Addresses that receive alerts; each one confirms its subscription once" }),
    monitoringEveryMinutes: z
      .int()
      .min(1)
      .max(1440)
      .default(15)
      .meta({ description: "How often the factory looks which models are due; models state their own pace" }),
    logRetentionDays: z
      .union([
        z.literal(7),
        z.literal(14),
        z.literal(30),
        z.literal(90),
        z.literal(180),
        z.literal(365),
        z.literal(731),
      ])
      .default(30)
      .meta({ description: "How long CloudWatch keeps the logs" }),
    quarantineRetentionDays: z
      .int()
      .min(1)
      .default(90)
      .meta({ description: "How long quarantined files stay before the life-cycle rule removes them" }),
    largeFileMegabytes: z.int().min(1).max(10_000).default(2_000).meta({
      description:
        "Uploads above so many millions of bytes are read in ranges by many Lambdas at once, smaller ones by one",
    }),
    modelsDirectory: z
      .string()
      .default("models")
      .meta({ description: "Directory of the model definitions, relative to the project" }),
  })
  .meta({ title: "Stage settings" });

/** Settings of a stage, with every default filled in. */
export type StageSettings = z.output<typeof stageSettingsSchema>;
