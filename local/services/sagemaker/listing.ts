import { paginate } from "../../kernel/paginate.ts";
import { parseTimestamp } from "../../kernel/timestamps.ts";
import { invalid } from "./errors.ts";
import type { NamedRecord } from "./records.ts";

/** The members that SageMaker's List operations share. Times may be anything that the kernel passes on. */
export interface ListInput {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly NameContains?: string;
  readonly StatusEquals?: string;
  readonly CreationTimeAfter?: unknown;
  readonly CreationTimeBefore?: unknown;
  readonly LastModifiedTimeAfter?: unknown;
  readonly LastModifiedTimeBefore?: unknown;
  readonly SortBy?: string;
  readonly SortOrder?: string;
}

const DEFAULT_PAGE = 10;

/** Filters, sorts (newest first unless asked otherwise) and pages records. */
export function listRecords<R extends NamedRecord & { readonly status?: string }>(
  records: Iterable<R>,
  input: ListInput,
): { items: R[]; next: string | undefined } {
  const name = input.NameContains?.toLowerCase();
  const found = [...records].filter(
    (record) =>
      (name === undefined || record.name.toLowerCase().includes(name)) &&
      (input.StatusEquals === undefined || record.status === input.StatusEquals) &&
      isAfter(record.createdMillis, input.CreationTimeAfter) &&
      isBefore(record.createdMillis, input.CreationTimeBefore) &&
      isAfter(record.modifiedMillis, input.LastModifiedTimeAfter) &&
      isBefore(record.modifiedMillis, input.LastModifiedTimeBefore),
  );
  const descending = input.SortOrder === undefined || input.SortOrder === "Descending";
  const sign = descending ? -1 : 1;
  found.sort((a, b) => sign * compare(a, b, input.SortBy ?? "CreationTime"));
  return paginateFrom(found, input);
}

function paginateFrom<R>(found: readonly R[], input: ListInput): { items: R[]; next: string | undefined } {
  return paginate(found, input.MaxResults ?? DEFAULT_PAGE, input.NextToken, () => invalid("Invalid NextToken."));
}

function compare<R extends NamedRecord & { readonly status?: string }>(a: R, b: R, by: string): number {
  if (by === "Name") return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  if (by === "Status" && a.status !== b.status) return (a.status ?? "") < (b.status ?? "") ? -1 : 1;
  return a.createdMillis - b.createdMillis;
}

function isAfter(millis: number, bound: unknown): boolean {
  const date = bound === undefined ? undefined : parseTimestamp(bound);
  return date === undefined || millis >= date.getTime();
}

function isBefore(millis: number, bound: unknown): boolean {
  const date = bound === undefined ? undefined : parseTimestamp(bound);
  return date === undefined || millis <= date.getTime();
}
