import * as z from "zod";
import { METRIC_NAMES, type MetricName } from "./metrics.ts";

const instanceType = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/)
  .default("ml.m5.large")
  .meta({ description: "SageMaker instance type", examples: ["ml.m5.large"] });

const usdPerHour = z.number().min(0).optional().meta({
  description: "Price of one instance hour in USD. Default: the on-demand price of us-east-1 for common types",
});

const metricName = z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]);

/** Schema of the section `training`: what runs, with what, on what. */
export const trainingSchema = z
  .strictObject({
    recipe: z.enum(["xgboost"]).default("xgboost").meta({ description: "What trains and serves the model" }),
    hyperparameters: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,255}$/),
        z.union([z.string().max(2_500), z.number(), z.boolean()]),
      )
      .default({})
      .meta({
        description: "Passed to the recipe as they are",
        examples: [{ max_depth: 6, eta: 0.1, num_round: 200 }],
      }),
    instance: z
      .strictObject({
        type: instanceType,
        count: z.literal(1).default(1).meta({ description: "Number of instances; the recipe trains on one" }),
        spot: z.boolean().default(true).meta({ description: "Whether to use spare capacity at a lower price" }),
        maxRuntimeMinutes: z.number().int().min(1).max(7_200).default(60).meta({
          description: "A training job is stopped after so many minutes",
        }),
        volumeGib: z.number().int().min(1).max(16_384).default(30).meta({ description: "Disk size in GiB" }),
        usdPerHour,
      })
      .prefault({})
      .meta({ description: "The machine that trains" }),
  })
  .prefault({})
  .meta({ description: "How the model is trained" });

/** Schema of the section `gate`: what a trained model must prove before it may serve. */
export const gateSchema = z.strictObject({
  metric: metricName.meta({ description: "The metric that challenger and champion are compared on" }),
  floors: z
    .partialRecord(metricName, z.number())
    .default({})
    .meta({
      description: "Least acceptable value by metric (the largest one where smaller is better)",
      examples: [{ auc: 0.7 }],
    }),
  floorBound: z.enum(["estimate", "confidence"]).default("estimate").meta({
    description: "Whether a floor must be held by the estimate, or by the worse end of its confidence interval",
  }),
  champion: z
    .strictObject({
      test: z
        .literal("paired")
        .default("paired")
        .meta({ description: "Both models are compared on the same held-out rows" }),
      nonInferiorityMargin: z.number().min(0).default(0.005).meta({
        description: "By how much the challenger may be worse than the champion, in units of the metric",
      }),
      confidence: z.number().gt(0.5).lt(1).default(0.95).meta({ description: "Confidence of intervals and tests" }),
      superiority: z.boolean().default(false).meta({
        description: "Whether the challenger must be significantly better, not just not worse",
      }),
    })
    .prefault({})
    .meta({ description: "The comparison with the model that serves now" }),
  slices: z.array(z.string().min(1)).default([]).meta({
    description: "Category or boolean features: on none of their levels may the challenger be significantly worse",
  }),
  minimumRows: z.number().int().min(2).default(100).meta({
    description: "Fewest held-out rows for a verdict; below it the gate says undecided",
  }),
});

/** Schema of the section `endpoint`: what serves the model. */
export const endpointSchema = z
  .strictObject({
    instance: z
      .strictObject({
        type: instanceType,
        min: z.number().int().min(1).max(100).default(1).meta({ description: "Fewest instances" }),
        max: z.number().int().min(1).max(100).default(1).meta({ description: "Most instances" }),
        usdPerHour,
      })
      .prefault({})
      .meta({ description: "The machines that serve" }),
    capture: z
      .strictObject({
        fraction: z.number().min(0).max(1).default(1).meta({
          description: "Share of requests that are kept for drift checks; 0 keeps none, and drift is then not found",
        }),
      })
      .prefault({})
      .meta({ description: "Data capture" }),
  })
  .prefault({})
  .meta({ description: "The real-time endpoint" });

/** Schema of the section `delivery`: how a version that passed the gate goes live. */
export const deliverySchema = z
  .strictObject({
    strategy: z.enum(["all-at-once", "challenger"]).default("all-at-once").meta({
      description:
        "`all-at-once`: blue/green replacement under alarms. `challenger`: a later version that passed serves beside the champion with a share of the traffic, until a person promotes or removes it",
    }),
    challenger: z
      .strictObject({
        weightPercent: z
          .number()
          .int()
          .min(1)
          .max(50)
          .default(20)
          .meta({ description: "The challenger's share of the traffic" }),
      })
      .prefault({})
      .meta({ description: "For the strategy `challenger`" }),
    bakeSeconds: z.number().int().min(0).max(3_600).default(60).meta({
      description:
        "Seconds for which the old version stands by after the switch, while the alarms watch the new one; metrics need 1 to 2 minutes to arrive, so give production traffic 180 or more",
    }),
    alarms: z
      .strictObject({
        errorRate: z
          .number()
          .gt(0)
          .max(1)
          .default(0.01)
          .meta({ description: "Share of failing requests that rolls back" }),
        latencyP99Millis: z.number().gt(0).default(1_000).meta({
          description: "99th percentile of the model's latency, in milliseconds, that rolls back",
        }),
      })
      .prefault({})
      .meta({ description: "What rolls a release back" }),
  })
  .prefault({})
  .meta({ description: "How a version goes live" });

/** Schema of the section `monitoring`: what is watched while the model serves. */
export const monitoringSchema = z
  .strictObject({
    everyMinutes: z
      .number()
      .int()
      .min(5)
      .max(10_080)
      .default(60)
      .meta({ description: "Time between two drift checks" }),
    driftFeatures: z
      .union([z.literal("all"), z.array(z.string().min(1))])
      .default("all")
      .meta({
        description: "Features that are checked for drift; the predictions always are",
      }),
    psi: z
      .strictObject({
        note: z.number().gt(0).default(0.01).meta({ description: "Effect (debiased PSI) that is worth a note" }),
        act: z.number().gt(0).default(0.1).meta({ description: "Effect that raises an alert and may retrain" }),
      })
      .prefault({})
      .meta({ description: "Effect sizes; evidence is required besides" }),
  })
  .prefault({})
  .meta({ description: "Drift checks" });

/** Schema of the section `retraining`: when a new version is trained without being asked for. */
export const retrainingSchema = z
  .strictObject({
    on: z
      .array(z.enum(["data", "drift", "schedule"]))
      .default(["data"])
      .meta({ description: "What starts a training run" }),
    scheduleEveryHours: z.number().int().min(1).max(8_784).default(168).meta({
      description: "Hours between two runs of the trigger `schedule`",
    }),
    cooldownMinutes: z.number().int().min(0).default(360).meta({
      description: "Minutes after a run's start in which drift and schedule start no other",
    }),
    maxRunsPerDay: z.number().int().min(1).max(1_000).default(4).meta({ description: "Most runs in a day (UTC)" }),
    maxUsdPerMonth: z.number().gt(0).default(50).meta({
      description: "Most USD that training may cost in a month (UTC); reaching it stops new runs with an alert",
    }),
  })
  .prefault({})
  .meta({ description: "Automatic retraining and its ceilings" });
