import * as z from "zod";

/** What a job or endpoint of the local SageMaker meets while it runs, in AWS's words. */
const jobFault = z.strictObject({
  /** The job (or the containers of an endpoint) fails at once with this FailureReason, such as `CapacityError: ...`. */
  failureReason: z.string().max(1_024).optional(),
  /** A spot interruption this long after the training began; the job starts again afterwards. Milliseconds. */
  interruptAfterMillis: z.number().int().nonnegative().optional(),
  /** The job is ended as `MaxRuntimeExceeded` after this time instead of its StoppingCondition. Milliseconds. */
  maxRuntimeMillis: z.number().int().nonnegative().optional(),
});

/** One line of a fault plan: which calls fail, and how. */
export const faultSchema = z
  .strictObject({
    /** Service id, such as `sagemaker`. */
    service: z.string().min(1),
    /**
     * Operation, such as `CreateTrainingJob`; for what happens behind the API `RunTrainingJob`, `RunTransformJob`, `RunEndpoint`
     * (with `job`) and `RunFunction` of `lambda` (with `functionError`).
     */
    operation: z.string().min(1),
    /** A regular expression that the input, written as JSON, must contain. */
    match: z.string().optional(),
    /** A regular expression that the caller's ARN must contain. */
    principal: z.string().optional(),
    /** The first matching call that fails, counted from 1. */
    nth: z.number().int().positive().default(1),
    /** So many matching calls in a row fail. */
    times: z.number().int().positive().default(1),
    /** The answer comes this much later. */
    latencyMillis: z.number().int().nonnegative().optional(),
    /** The call has its effect, and then the error is answered. */
    afterEffect: z.boolean().default(false),
    /** The error that is answered; `members` are further modeled members, such as CancellationReasons. */
    error: z
      .strictObject({
        code: z.string().min(1),
        statusCode: z.number().int().min(400).max(599),
        message: z.string().default("injected by a fault plan"),
        members: z.record(z.string(), z.unknown()).default({}),
      })
      .optional(),
    /** The call has its effect, and the connection breaks before the answer. */
    dropResponse: z.boolean().default(false),
    /** `RunFunction` only: the function fails in this way, as a time-out or a killed process does; see `afterEffect`. */
    functionError: z.strictObject({ errorType: z.string(), errorMessage: z.string() }).optional(),
    job: jobFault.optional(),
  })
  .refine(
    (fault) =>
      fault.error !== undefined ||
      fault.latencyMillis !== undefined ||
      fault.dropResponse ||
      fault.functionError !== undefined ||
      fault.job !== undefined,
    "a fault needs error, latencyMillis, dropResponse, functionError or job",
  );

/** One line of a fault plan, with its defaults filled in. */
export type Fault = z.output<typeof faultSchema>;

/** What a job meets; see {@link Fault}. */
export type JobFault = NonNullable<Fault["job"]>;
