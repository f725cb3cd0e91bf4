import type { ModelDefinition } from "../../core/definition/schema.ts";

/** Instances of one type for one use that the definitions ask for. */
export interface NeededQuota {
  /** Name of the quota in Service Quotas, for example `ml.m5.large for endpoint usage`. */
  readonly quotaName: string;
  /** Below this nothing works. */
  readonly atLeast: number;
  /** With this, every model can do it at the same time. */
  readonly comfortable: number;
}

/** Transform jobs of one run: challenger and champion predict the same rows side by side. */
const TRANSFORMS_OF_A_RUN = 2;

/**
 * Quotas that the definitions need. Endpoints: the instances of all, and those of the largest once more, because a blue/green
 * update runs two fleets at a time. Training and transform: one run at least, all models' runs at best.
 */
export function neededQuotas(definitions: readonly ModelDefinition[]): NeededQuota[] {
  const endpoints = new Map<string, number[]>();
  const trainings = new Map<string, number[]>();
  const transforms = new Map<string, number[]>();
  const add = (map: Map<string, number[]>, type: string, count: number) =>
    map.set(type, [...(map.get(type) ?? []), count]);
  for (const { endpoint, training } of definitions) {
    const { type, count, spot } = training.instance;
    add(endpoints, endpoint.instance.type, endpoint.instance.min);
    add(trainings, `${type} for ${spot ? "spot training" : "training"} job usage`, count);
    add(transforms, `${type} for transform job usage`, count * TRANSFORMS_OF_A_RUN);
  }
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return [
    ...[...endpoints].map(([type, counts]) => {
      const all = sum(counts) + Math.max(...counts);
      return { quotaName: `${type} for endpoint usage`, atLeast: all, comfortable: all };
    }),
    ...[...trainings, ...transforms].map(([quotaName, counts]) => ({
      quotaName,
      atLeast: Math.max(...counts),
      comfortable: sum(counts),
    })),
  ];
}
