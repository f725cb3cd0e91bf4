import type { BlueGreenUpdatePolicy, CapacitySize, DeploymentConfig } from "@aws-sdk/client-sagemaker";
import { invalid, unsupported } from "./errors.ts";
import type { VariantRecord } from "./records.ts";

/** One step of a deployment: the new fleet's share, and how long it is watched before the next step. */
export interface DeploymentStep {
  readonly percent: number;
  readonly waitSeconds: number;
  /** What DescribeEndpoint says meanwhile. */
  readonly message: string;
}

/** A deployment in steps; the last one gives all traffic to the new fleet. */
export interface DeploymentPlan {
  readonly steps: readonly DeploymentStep[];
  readonly alarmNames: readonly string[];
}

/**
 * Turns a DeploymentConfig into steps. Throws ValidationException for what SageMaker does not allow.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
 */
export function planDeployment(
  config: DeploymentConfig | undefined,
  variants: readonly VariantRecord[],
): DeploymentPlan {
  if (config?.RollingUpdatePolicy) throw unsupported("RollingUpdatePolicy", "use BlueGreenUpdatePolicy");
  const alarmNames = (config?.AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName }) => AlarmName ?? "");
  const policy = config?.BlueGreenUpdatePolicy;
  const instances = variants.reduce((sum, variant) => sum + variant.instanceCount, 0);
  const shares = policy ? sharesOf(policy, instances) : [100];
  const interval = policy?.TrafficRoutingConfiguration?.WaitIntervalInSeconds ?? 0;
  const termination = policy?.TerminationWaitInSeconds ?? 0;
  const steps = shares.map((percent): DeploymentStep => {
    const isLast = percent >= 100;
    const waitSeconds = isLast ? termination : interval;
    const member = isLast ? "TerminationWaitInSeconds" : "WaitIntervalInSeconds";
    const capacity = isLast ? "full capacity" : `${percent} % of the capacity`;
    return {
      percent,
      waitSeconds,
      message: `Baking for ${waitSeconds} seconds (${member}) with traffic enabled on ${capacity} of ${instances} instance(s).`,
    };
  });
  const timeout = policy?.MaximumExecutionTimeoutInSeconds;
  const total = steps.reduce((sum, step) => sum + step.waitSeconds, 0);
  if (timeout !== undefined && timeout <= total) {
    throw invalid(
      `MaximumExecutionTimeoutInSeconds (${timeout}) must be greater than the sum of all waits (${total}).`,
    );
  }
  return { steps, alarmNames };
}

function sharesOf(policy: BlueGreenUpdatePolicy, instances: number): number[] {
  const routing = policy.TrafficRoutingConfiguration;
  switch (routing?.Type) {
    case "ALL_AT_ONCE":
      return [100];
    case "CANARY":
      return [percentOf(routing.CanarySize, "CanarySize", instances, 1), 100];
    case "LINEAR": {
      const step = percentOf(routing.LinearStepSize, "LinearStepSize", instances, 10);
      const count = Math.ceil(100 / step);
      return Array.from({ length: count }, (_, position) => Math.min(100, step * (position + 1)));
    }
    default:
      throw invalid(`TrafficRoutingConfiguration.Type ${routing?.Type} is not valid.`);
  }
}

function percentOf(size: CapacitySize | undefined, member: string, instances: number, smallest: number): number {
  if (!size?.Value) throw invalid(`${member} is required for this traffic routing type.`);
  const percent = size.Type === "INSTANCE_COUNT" ? (100 * size.Value) / instances : size.Value;
  if (percent < smallest || percent > 50) {
    throw invalid(`${member} is ${percent} % of the capacity; allowed are ${smallest} to 50 %.`);
  }
  return percent;
}

/**
 * Refuses a guarded deployment that renames variants.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html: "When doing a blue/green or
 * rolling deployment, your new endpoint configuration must have the same variant name as the old endpoint configuration."
 */
export function requireSameVariantNames(
  config: DeploymentConfig | undefined,
  current: readonly VariantRecord[],
  next: readonly VariantRecord[],
): void {
  if (!config?.BlueGreenUpdatePolicy && !config?.AutoRollbackConfiguration) return;
  const names = (variants: readonly VariantRecord[]): string =>
    variants
      .map(({ name }) => name)
      .sort()
      .join(", ");
  if (names(current) === names(next)) return;
  throw invalid(
    `An update with a DeploymentConfig must keep the names of the production variants: the endpoint has ${names(current)}, the new endpoint configuration ${names(next)}.`,
  );
}
