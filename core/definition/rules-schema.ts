import * as z from "zod";

function severity(fallback: "reject" | "warn") {
  return z.enum(["reject", "warn", "off"]).default(fallback).meta({
    description:
      "`reject` puts the file into quarantine, `warn` accepts it and says so in the batch's report, `off` does not look",
  });
}

const share = z.number().min(0).max(1);

/** Schema of `data.rules`: how severe the rules about whole batches are, and from where on they speak. */
export const rulesSchema = z
  .strictObject({
    "null-fraction": z
      .strictObject({ severity: severity("reject") })
      .prefault({})
      .meta({ description: "More values of a feature are missing than its `maxNullFraction`" }),
    "level-count": z
      .strictObject({ severity: severity("reject") })
      .prefault({})
      .meta({ description: "A category has more distinct values than its `maxLevels`" }),
    "repeated-keys": z
      .strictObject({
        severity: severity("warn"),
        maxFraction: share.default(0.01).meta({
          description: "Largest share of rows whose key has come before in the same file",
        }),
      })
      .prefault({})
      .meta({ description: "Rows of one file with one and the same `data.key` (only where a key is declared)" }),
    "file-repeated": z
      .strictObject({ severity: severity("warn") })
      .prefault({})
      .meta({ description: "The same file was accepted before (it is not counted twice in a dataset)" }),
    "known-keys": z
      .strictObject({
        severity: severity("warn"),
        maxFraction: share.default(0.2).meta({
          description: "Largest share of the file's keys that recent batches have already",
        }),
      })
      .prefault({})
      .meta({ description: "Rows that came before in another file (only where a key is declared)" }),
    "row-count": z
      .strictObject({
        severity: severity("warn"),
        minFraction: z.number().min(0).default(0.1).meta({ description: "Fewest rows, as a share of the usual" }),
        maxFraction: z.number().min(1).default(10).meta({ description: "Most rows, as a multiple of the usual" }),
      })
      .prefault({})
      .meta({ description: "Far fewer or more rows than the median of at least 3 recent batches" }),
    "time-range": z
      .strictObject({
        severity: severity("warn"),
        earliest: z.iso.date().default("1900-01-01").meta({ description: "Day before which no row can be" }),
        maxFutureDays: z.number().min(0).default(1).meta({
          description: "By how many days a row may be later than the upload",
        }),
      })
      .prefault({})
      .meta({ description: "Rows with an impossible time" }),
    "time-order": z
      .strictObject({ severity: severity("warn") })
      .prefault({})
      .meta({ description: "All rows are older than the newest ones of earlier batches: old data come late" }),
    "new-levels": z
      .strictObject({
        severity: severity("warn"),
        maxFraction: share.default(0.05).meta({
          description: "Largest share of a feature's values that no recent batch has had",
        }),
      })
      .prefault({})
      .meta({ description: "A category has many values that are new" }),
    "batch-drift": z
      .strictObject({
        severity: severity("warn"),
        psi: z.number().gt(0).default(0.1).meta({ description: "Effect (debiased PSI) from which it is told" }),
      })
      .prefault({})
      .meta({ description: "A feature is proven to be distributed otherwise than in recent batches" }),
    "target-balance": z
      .strictObject({
        severity: severity("warn"),
        psi: z.number().gt(0).default(0.1).meta({ description: "Effect (debiased PSI) from which it is told" }),
      })
      .prefault({})
      .meta({ description: "The target is proven to be distributed otherwise than in recent batches" }),
    leakage: z
      .strictObject({
        severity: severity("warn"),
        skill: z.number().gt(0.5).max(1).default(0.99).meta({
          description: "Share of the target's variation that one feature alone may explain (0 to 1)",
        }),
      })
      .prefault({})
      .meta({ description: "A feature gives the target away" }),
    "leakage-missing": z
      .strictObject({
        severity: severity("warn"),
        purity: z.number().gt(0.5).max(1).default(0.99).meta({
          description: "Share of one class among the rows without (or with) a value from which it is told",
        }),
      })
      .prefault({})
      .meta({ description: "A feature is missing, or present, for one class only" }),
    "schema-change": z
      .strictObject({ severity: severity("warn") })
      .prefault({})
      .meta({ description: "The file has other columns than the batch before" }),
  })
  .prefault({})
  .meta({ description: "Rules about whole batches: how severe, and from where on" });
