import { AwsError } from "../../../kernel/aws-error.ts";
import type { Operation } from "../../../kernel/cloud.ts";
import type { MachineRecord } from "../engine/records.ts";
import type { Store } from "../engine/store.ts";
import { noResource } from "./errors.ts";

const MAX_TAGS = 50;

/** Tags of state machines. */
export function tagOperations(store: Store): Record<string, Operation> {
  const find = (arn: string): MachineRecord => {
    const machine = store.machines.get(arn);
    if (machine === undefined) throw noResource(arn);
    return machine;
  };
  return {
    TagResource(input: { resourceArn: string; tags: { key: string; value: string }[] }) {
      const machine = find(input.resourceArn);
      const tags = { ...machine.tags, ...Object.fromEntries(input.tags.map(({ key, value }) => [key, value])) };
      if (Object.keys(tags).length > MAX_TAGS) {
        throw new AwsError("TooManyTags", 400, `A resource has at most ${MAX_TAGS} tags`, {
          resourceName: machine.arn,
        });
      }
      store.machines.set(machine.arn, { ...machine, tags });
      return {};
    },
    UntagResource(input: { resourceArn: string; tagKeys: string[] }) {
      const machine = find(input.resourceArn);
      const kept = Object.entries(machine.tags).filter(([key]) => !input.tagKeys.includes(key));
      store.machines.set(machine.arn, { ...machine, tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsForResource(input: { resourceArn: string }) {
      const { tags } = find(input.resourceArn);
      return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
    },
  };
}
