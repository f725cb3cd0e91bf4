import { stackName } from "./names.ts";
import type { Tag } from "./requests.ts";

/** Tags of everything that the factory makes: which stack, which model, which run or delivery. */
export function resourceTags(stage: string, model: string, extra: Readonly<Record<string, string>> = {}): Tag[] {
  const tags: Record<string, string> = {
    "mlops:stack": stackName(stage),
    "mlops:stage": stage,
    "mlops:model": model,
    ...extra,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
