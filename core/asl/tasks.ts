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
 * (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html), a function that ran out of time,
 * and our own error for a dependency that is throttled or away.
 */
const LAMBDA_TRANSIENT = [
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
  "Sandbox.Timedout",
  "cloud.unavailable",
  "registry.version-conflict",
] as const;

/** Throttling, missing capacity or quota, and faults of SageMaker: worth another try; a malformed request is not in here. */
const SAGEMAKER_TRANSIENT = [
  "ThrottlingException",
  "SageMaker.ThrottlingException",
  "SageMaker.AmazonSageMakerException",
  "SageMaker.SageMakerException",
  "SageMaker.ResourceLimitExceededException",
  "SageMaker.SdkClientException",
] as const;

/** Rule for every Lambda task: up to 6 tries within about two minutes. */
export const retryLambda = retry(LAMBDA_TRANSIENT, { intervalSeconds: 1, maxAttempts: 6, maxDelaySeconds: 60 });

/** Rule for every SageMaker call: up to 8 tries within about half an hour, because a quota frees when another job ends. */
export const retrySagemaker = retry(SAGEMAKER_TRANSIENT, { intervalSeconds: 5, maxAttempts: 8, maxDelaySeconds: 600 });

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
  return task("arn:aws:states:::lambda:invoke", { FunctionName: functionArn, Payload: payload }, [retryLambda], {
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
  return task(`arn:aws:states:::${integration}`, { ...args, ...flow.more }, [retrySagemaker], flow);
}
