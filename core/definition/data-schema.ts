import * as z from "zod";
import { instantOf } from "../data/instant-of.ts";
import { DIRECTIVES, timeFormatProblem } from "../data/time-format.ts";
import { rulesSchema } from "./rules-schema.ts";
import { DEFAULT_PARTS, TIME_PARTS } from "./time-parts.ts";

const columnName = z
  .string()
  .min(1)
  .max(256)
  .meta({ description: "Name of a column, exactly as in the file's header" });

const scalarText = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .meta({ description: "A value as it stands in the file; numbers and booleans are taken as text" });

const maxNullFraction = z.number().min(0).max(1).default(0.5).meta({
  description: "Largest share of missing values (0 to 1) that a batch may have before it is quarantined",
});

const numberFeature = z.strictObject({
  type: z.literal("number").meta({ description: "A quantity" }),
  min: z.number().optional().meta({ description: "Smallest possible value; a batch with smaller ones is quarantined" }),
  max: z.number().optional().meta({ description: "Largest possible value; a batch with larger ones is quarantined" }),
  integer: z.boolean().default(false).meta({ description: "Whether only whole numbers are possible" }),
  maxNullFraction,
  description: z.string().optional().meta({ description: "What the feature is, and its unit" }),
});

const categoryFeature = z.strictObject({
  type: z.literal("category").meta({ description: "One of a number of texts" }),
  maxLevels: z.number().int().min(2).max(10_000).default(1_000).meta({
    description: "Largest number of distinct values that a batch may have; more point to free text or an identifier",
  }),
  levels: z.array(scalarText).min(1).max(10_000).optional().meta({
    description: "The only values that are possible; a batch with others is quarantined. Default: any value",
  }),
  maxNullFraction,
  description: z.string().optional().meta({ description: "What the feature is" }),
});

const booleanFeature = z.strictObject({
  type: z.literal("boolean").meta({ description: "Yes or no: true/false, t/f, yes/no, y/n, 1/0 in any case" }),
  maxNullFraction,
  description: z.string().optional().meta({ description: "What the feature is" }),
});

/** A declared format of a time: `epoch-seconds`, `epoch-milliseconds`, or a pattern of strftime directives. */
const timeFormat = z
  .string()
  .max(100)
  .superRefine((format, context) => {
    const problem = timeFormatProblem(format);
    if (problem !== undefined) {
      context.addIssue({
        code: "custom",
        message: `as a time format ${problem}; allowed: epoch-seconds, epoch-milliseconds, or a pattern such as %d/%m/%Y %H:%M`,
      });
    }
  });

const instant = z.string().superRefine((text, context) => {
  if (Number.isNaN(instantOf(text))) {
    context.addIssue({ code: "custom", message: "it must be ISO 8601, such as 2001-12-31 or 2001-12-31T10:00:00Z" });
  }
});

const timestampFeature = z.strictObject({
  type: z
    .literal("timestamp")
    .meta({ description: "A point in time; the model learns from the parts of it that `parts` names" }),
  format: timeFormat.optional().meta({
    description: `How the column writes times, besides ISO 8601, which is always understood: \`epoch-seconds\`, \`epoch-milliseconds\`, or a pattern such as \`%d/%m/%Y %H:%M\` (${DIRECTIVES}). Numbers of one digit need no zero before them unless they touch another number. Default: ISO 8601 alone. Times without an offset are UTC`,
  }),
  parts: z
    .array(z.enum(TIME_PARTS))
    .min(1)
    .default([...DEFAULT_PARTS])
    .meta({
      description:
        "What the model sees of the time, in UTC, each as a number: `minute` 0 to 59, `hour` 0 to 23, `weekday` 1 (Monday) to 7, `day` of the month 1 to 31, `day-of-year` 1 to 366, `month` 1 to 12, `year`, and `elapsed-days` since 1970-01-01 with its fraction. `year` and `elapsed-days` are trends: whatever changed over time seems to follow from them, and no tree knows a value beyond those of training",
    }),
  min: instant
    .optional()
    .meta({ description: "Earliest possible time, ISO 8601; a batch with earlier ones is quarantined" }),
  max: instant
    .optional()
    .meta({ description: "Latest possible time, ISO 8601; a batch with later ones is quarantined" }),
  maxNullFraction,
  description: z.string().optional().meta({ description: "What the feature is" }),
});

const textFeature = z.strictObject({
  type: z
    .literal("text")
    .meta({ description: "Free text in words; the model sees how often each word occurs, by hashed words" }),
  minLength: z.number().int().min(0).max(1_000_000).default(0).meta({
    description: "Fewest characters of a text that is there; a batch with shorter ones is quarantined",
  }),
  maxLength: z.number().int().min(1).max(1_000_000).default(10_000).meta({
    description: "Most characters; a batch with longer ones is quarantined",
  }),
  buckets: z.number().int().min(8).max(4_096).default(128).meta({
    description:
      "Columns that the words are hashed into: each holds how often its words occur in the text, and one more the number of words. More tell more words apart; each takes 4 bytes for every row of training",
  }),
  maxNullFraction,
  description: z.string().optional().meta({ description: "What the feature is" }),
});

const FEATURE_SCHEMAS = [numberFeature, categoryFeature, booleanFeature, timestampFeature, textFeature] as const;

/** Types that a feature can have. */
export const FEATURE_TYPES = FEATURE_SCHEMAS.map((schema) => schema.shape.type.value);

/** Schema of one feature: what the column holds and what is plausible in it. */
export const featureSchema = z.discriminatedUnion("type", FEATURE_SCHEMAS).meta({
  description: "One input of the model",
  examples: [
    { type: "number", min: 0, max: 600, maxNullFraction: 0.5 },
    { type: "category", maxLevels: 50 },
  ],
});

/** Schema of the column to predict; which members apply depends on the problem. */
export const targetSchema = z
  .strictObject({
    column: columnName,
    positive: z.array(scalarText).min(1).optional().meta({
      description: "Binary classification: the values that count as positive (1)",
    }),
    negative: z.array(scalarText).min(1).optional().meta({
      description:
        "Binary classification: the values that count as negative (0), others are then wrong. Default: all values that are not positive",
    }),
    labels: z
      .strictObject({
        positive: z.string().min(1).meta({ description: "Label of the positive side" }),
        negative: z.string().min(1).meta({ description: "Label of the negative side" }),
      })
      .optional()
      .meta({
        description:
          "Binary classification: the labels in predictions. Default: the only positive or negative value where there is just one, else `positive` and `negative`",
      }),
    classes: z.array(scalarText).min(2).max(1_000).optional().meta({
      description:
        "Multiclass classification: the possible classes, others are then wrong. Default: the values that occur",
    }),
    min: z.number().optional().meta({ description: "Regression: smallest possible value" }),
    max: z.number().optional().meta({ description: "Regression: largest possible value" }),
  })
  .meta({
    description: "What the model predicts. A row without a target value is wrong",
    examples: [{ column: "damage", positive: ["Minor", "Substantial"] }],
  });

/** Default of `data.missing`: the texts that mean "no value". */
export const DEFAULT_MISSING = ["", "NA", "NaN", "null", "NULL", "N/A"];

/** Schema of the section `data`: what the files look like and what is a plausible batch. */
export const dataSchema = z.strictObject({
  format: z.enum(["csv", "jsonl", "parquet"]).default("csv").meta({
    description:
      "Format of the uploaded files: CSV with a header line (RFC 4180, UTF-8), JSON Lines (one flat object a line), or Parquet (flat columns)",
  }),
  compression: z.enum(["auto", "none", "gzip", "zstd"]).default("auto").meta({
    description:
      "Compression of CSV and JSON Lines files. `auto`: as the file's name says (`.gz`, `.zst`), and the content must agree. Parquet compresses itself",
  }),
  maxExpansion: z.number().min(2).max(100_000).default(100).meta({
    description:
      "How many times larger than the file its content may be once it is unpacked (16 MB are always allowed); more is taken for a bomb",
  }),
  delimiter: z
    .enum([",", ";", "\t", "|"])
    .default(",")
    .meta({ description: "What separates the fields of a CSV file" }),
  target: targetSchema,
  key: z.array(columnName).default([]).meta({
    description:
      "Columns that identify a row: all rows of one key land on the same side (train, validation or test). Default: all declared columns",
  }),
  time: columnName.optional().meta({
    description:
      "Column with the time of the row, ISO 8601 (`2001-12-31` or `2001-12-31T10:00:00Z`) or as `timeFormat` says. It is no input of the model unless it is a timestamp feature, too",
  }),
  timeFormat: timeFormat.optional().meta({
    description:
      "How the column `time` writes times, besides ISO 8601; as `format` of a timestamp feature. Default: the format of the feature of that name, else ISO 8601 alone",
  }),
  features: z.record(z.string().min(1).max(256), featureSchema).meta({
    description:
      "The model's inputs by column name, in the order in which CSV requests give them (names that are whole numbers come first, ascending)",
  }),
  ignore: z.array(columnName).default([]).meta({ description: "Columns that may be present and are not used" }),
  unknownColumns: z.enum(["ignore", "reject"]).default("ignore").meta({
    description: "What to do with a file that has columns which the definition does not name",
  }),
  missing: z.array(z.string()).default(DEFAULT_MISSING).meta({ description: "Field texts that mean: no value" }),
  minimumRows: z.number().int().min(1).default(1).meta({ description: "Fewest data rows of a batch" }),
  maxFileMegabytes: z.number().int().min(1).max(1_000_000).default(20_000).meta({
    description: "Largest file (millions of bytes) that is read",
  }),
  constantTarget: z.enum(["accept", "reject"]).default("reject").meta({
    description: "Whether a batch of 50 rows or more may have one and the same target value in all rows",
  }),
  rules: rulesSchema,
  split: z
    .strictObject({
      validation: z.number().min(0).max(0.5).default(0.1).meta({ description: "Share of the rows for early stopping" }),
      test: z.number().gt(0).max(0.5).default(0.2).meta({ description: "Share of the rows held out for the gate" }),
    })
    .prefault({})
    .meta({ description: "How rows are divided, by a stable hash of their key" }),
  window: z
    .union([
      z.literal("all"),
      z.strictObject({ batches: z.number().int().min(1).meta({ description: "The latest so many batches" }) }),
      z.strictObject({
        days: z.number().gt(0).meta({ description: "Batches whose newest row is at most so many days old" }),
      }),
    ])
    .default("all")
    .meta({
      description: "Which accepted batches a training run uses",
      examples: ["all", { batches: 12 }, { days: 365 }],
    }),
});
