import type { Json, State } from "./types.ts";

/** A retry rule that waits with full jitter, so that many models that fail together do not come back together. */
interface RetryRule {
  readonly [field: string]: Json;
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

/** A retry rule with full jitter. */
export function retry(
  errors: readonly string[],
  options: { intervalSeconds: number; maxAttempts: number; maxDelaySeconds: number; backoffRate?: number },
): RetryRule {
  return {
    ErrorEquals: errors,
    IntervalSeconds: options.intervalSeconds,
    MaxAttempts: options.maxAttempts,
    BackoffRate: options.backoffRate ?? 2,
    MaxDelaySeconds: options.maxDelaySeconds,
    JitterStrategy: "FULL",
  };
}

/**
 * Errors of the Lambda service itself, which AWS advises to retry
 * (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html), a function that is just being deployed
 * or ran out of time, and our own error for a dependency that is throttled or away.
 */
const LAMBDA_TRANSIENT = [
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.ResourceConflictException",
  "Lambda.Unknown",
  "Sandbox.Timedout",
  "cloud.unavailable",
  "registry.version-conflict",
] as const;

/** A quota that is used up, and throttling under a name of its own: both pass with time. */
const SAGEMAKER_BUSY = [
  "ThrottlingException",
  "SageMaker.ThrottlingException",
  "SageMaker.ResourceLimitExceededException",
] as const;

/**
 * What SageMaker's model does not list arrives under its base exception: throttling and internal errors, but malformed
 * requests and taken names as well. So these get few tries within a minute, or a mistake would take half an hour to be told.
 */
const SAGEMAKER_UNLISTED = [
  "SageMaker.AmazonSageMakerException",
  "SageMaker.SageMakerException",
  "SageMaker.SdkClientException",
] as const;

/** Rules for every Lambda task: up to 6 tries within about two minutes; an answer that never came is awaited twice more. */
export const retryLambda: readonly RetryRule[] = [
  retry(LAMBDA_TRANSIENT, { intervalSeconds: 1, maxAttempts: 6, maxDelaySeconds: 60 }),
  retry(["States.Timeout"], { intervalSeconds: 1, maxAttempts: 2, maxDelaySeconds: 60 }),
];

/**
 * Rules for every SageMaker call: up to 8 tries within about half an hour while a quota is used up, because it frees when
 * another job ends; up to 5 tries within a minute for the rest.
 */
export const retrySagemaker: readonly RetryRule[] = [
  retry(SAGEMAKER_BUSY, { intervalSeconds: 5, maxAttempts: 8, maxDelaySeconds: 600 }),
  retry(SAGEMAKER_UNLISTED, { intervalSeconds: 2, maxAttempts: 5, maxDelaySeconds: 30 }),
];

/** Catches everything, keeps the error in the variable `error`, and goes on at `next`. */
export function catchAll(next: string, assign: Readonly<Record<string, Json>> = {}): readonly Json[] {
  return [{ ErrorEquals: ["States.ALL"], Assign: { error: "{% $states.errorOutput %}", ...assign }, Next: next }];
}

/** Where a state goes on, what it remembers, and where it goes when it fails. */
export interface TaskFlow {
  readonly next?: string;
  readonly assign?: Readonly<Record<string, Json>>;
  readonly output?: Json;
  readonly onError?: readonly Json[];
  readonly retries?: readonly RetryRule[];
  readonly timeoutSeconds?: number;
  readonly comment?: string;
}

function task(resource: string, args: Json, defaults: readonly RetryRule[], flow: TaskFlow): State {
  return {
    Type: "Task",
    ...(flow.comment === undefined ? {} : { Comment: flow.comment }),
    Resource: resource,
    Arguments: args,
    Retry: [...(flow.retries ?? []), ...defaults],
    ...(flow.onError === undefined ? {} : { Catch: flow.onError }),
    ...(flow.timeoutSeconds === undefined ? {} : { TimeoutSeconds: flow.timeoutSeconds }),
    ...(flow.assign === undefined ? {} : { Assign: flow.assign }),
    ...(flow.output === undefined ? {} : { Output: flow.output }),
    ...(flow.next === undefined ? { End: true } : { Next: flow.next }),
  };
}

/**
 * A task that invokes a Lambda function; the result is in `$states.result.Payload`.
 * It ends two seconds after the longest time that Lambda allows (15 minutes), so that a lost answer cannot hang a run.
 */
export function lambdaTask(functionArn: string, payload: Json, flow: TaskFlow): State {
  return task("arn:aws:states:::lambda:invoke", { FunctionName: functionArn, Payload: payload }, retryLambda, {
    timeoutSeconds: 902,
    ...flow,
  });
}

/**
 * A task that passes a request that `core/plans` has computed to SageMaker, member by member: each one is the expression
 * `$<request>.<member>`. The plan always gives the same members, because a member that is undefined would be an error.
 *
 * @param integration the part behind `arn:aws:states:::`, such as `sagemaker:createTrainingJob.sync`
 */
export function sagemakerTask(
  integration: string,
  request: string,
  members: readonly string[],
  flow: TaskFlow & { more?: Readonly<Record<string, Json>> },
): State {
  const args: Record<string, Json> = {};
  for (const member of members) args[member] = `{% $${request}.${member} %}`;
  return task(`arn:aws:states:::${integration}`, { ...args, ...flow.more }, retrySagemaker, flow);
}
