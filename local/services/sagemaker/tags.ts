import type { AddTagsInput, DeleteTagsInput, ListTagsInput, Tag } from "@aws-sdk/client-sagemaker";
import type { Operation } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";
import type { SagemakerContext } from "./context.ts";
import { invalid } from "./errors.ts";

/** Keeps the tags of a new resource. Throws ValidationException when a key occurs twice. */
export function setTags(context: SagemakerContext, arn: string, tags: readonly Tag[] | undefined): void {
  if (!tags || tags.length === 0) return;
  const byKey: Record<string, string> = {};
  for (const { Key, Value } of tags) {
    if (Key === undefined) continue;
    if (Object.hasOwn(byKey, Key)) throw invalid(`Duplicate tag keys found: ${Key}`);
    byKey[Key] = Value ?? "";
  }
  context.tags.set(arn, byKey);
}

/** AddTags, ListTags, DeleteTags. */
export function tagOperations(context: SagemakerContext): Record<string, Operation> {
  function requireResource(arn: string | undefined): string {
    const tables = [
      context.trainingJobs,
      context.transformJobs,
      context.models,
      context.endpointConfigs,
      context.endpoints,
    ];
    for (const table of tables) for (const record of table.values()) if (record.arn === arn) return arn;
    throw invalid(`Could not find resource "${arn}".`);
  }
  const list = (arn: string): Tag[] =>
    Object.entries(context.tags.get(arn) ?? {}).map(([Key, Value]) => ({ Key, Value }));

  return {
    AddTags(input: AddTagsInput) {
      const arn = requireResource(input.ResourceArn);
      const added = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
      const all = { ...context.tags.get(arn), ...added };
      if (Object.keys(all).length > 50) throw invalid("A resource can have at most 50 tags.");
      context.tags.set(arn, all);
      return { Tags: list(arn) };
    },
    ListTags(input: ListTagsInput) {
      const arn = requireResource(input.ResourceArn);
      const page = paginate(list(arn), input.MaxResults ?? 50, input.NextToken, () => invalid("Invalid NextToken."));
      return { Tags: page.items, NextToken: page.next };
    },
    DeleteTags(input: DeleteTagsInput) {
      const arn = requireResource(input.ResourceArn);
      const kept = Object.entries(context.tags.get(arn) ?? {}).filter(([key]) => !input.TagKeys?.includes(key));
      context.tags.set(arn, Object.fromEntries(kept));
      return {};
    },
  };
}
