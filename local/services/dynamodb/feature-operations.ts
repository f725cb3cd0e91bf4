import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { validation } from "./errors.ts";
import type { Table } from "./table.ts";
import type { TableStore } from "./table-store.ts";

const DEFAULT_RECOVERY_DAYS = 35;
const DAY_MILLIS = 86_400_000;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Time to live, point-in-time recovery and tags of tables. */
export function featureOperations(cloud: Cloud, store: TableStore): Record<string, Operation> {
  function describeBackups(table: Table): object {
    const recovery = table.definition.pointInTimeRecovery;
    const now = cloud.now();
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription:
          recovery === undefined
            ? { PointInTimeRecoveryStatus: "DISABLED" }
            : {
                PointInTimeRecoveryStatus: "ENABLED",
                RecoveryPeriodInDays: recovery.periodDays,
                EarliestRestorableDateTime: new Date(
                  Math.max(recovery.enabledAtMillis, now - recovery.periodDays * DAY_MILLIS),
                ),
                LatestRestorableDateTime: new Date(now),
              },
      },
    };
  }

  return {
    UpdateTimeToLive(input) {
      const table = store.table(input.TableName);
      const { AttributeName: name, Enabled: enabled } = input.TimeToLiveSpecification;
      const current = table.definition.ttlAttribute;
      if (enabled === true && current !== undefined) {
        throw validation(
          current === name ? "TimeToLive is already enabled" : "TimeToLive is active on a different AttributeName",
        );
      }
      if (enabled !== true && current === undefined) throw validation("TimeToLive is already disabled");
      if (enabled !== true && current !== name) {
        throw validation("TimeToLive is active on a different AttributeName");
      }
      store.redefine(table, { ttlAttribute: enabled === true ? name : undefined });
      return { TimeToLiveSpecification: { AttributeName: name, Enabled: enabled } };
    },
    DescribeTimeToLive(input) {
      const name = store.table(input.TableName).definition.ttlAttribute;
      return {
        TimeToLiveDescription:
          name === undefined ? { TimeToLiveStatus: "DISABLED" } : { TimeToLiveStatus: "ENABLED", AttributeName: name },
      };
    },
    UpdateContinuousBackups(input) {
      const table = backupTable(store, input.TableName);
      const specification = input.PointInTimeRecoverySpecification;
      const periodDays = specification.RecoveryPeriodInDays ?? DEFAULT_RECOVERY_DAYS;
      store.redefine(table, {
        pointInTimeRecovery:
          specification.PointInTimeRecoveryEnabled === true
            ? { enabledAtMillis: table.definition.pointInTimeRecovery?.enabledAtMillis ?? cloud.now(), periodDays }
            : undefined,
      });
      return describeBackups(table);
    },
    DescribeContinuousBackups: (input) => describeBackups(backupTable(store, input.TableName)),
    TagResource(input) {
      const table = store.table(input.ResourceArn);
      const added = Object.fromEntries((input.Tags as Tag[]).map((tag) => [tag.Key, tag.Value]));
      store.redefine(table, { tags: { ...table.definition.tags, ...added } });
      return {};
    },
    UntagResource(input) {
      const table = store.table(input.ResourceArn);
      const kept = Object.entries(table.definition.tags).filter(([key]) => !input.TagKeys.includes(key));
      store.redefine(table, { tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsOfResource(input) {
      const { tags } = store.table(input.ResourceArn).definition;
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function backupTable(store: TableStore, name: string): Table {
  const table = store.find(name);
  if (table === undefined) throw new AwsError("TableNotFoundException", 400, `Table not found: ${name}`);
  return table;
}
