/** Counts consumed capacity by table and index. */
export interface CapacityMeter {
  /** A read of so many bytes; strongly consistent reads cost twice, transactional ones four times. */
  read(table: string, index: string | undefined, sizeBytes: number, factor: 1 | 2 | 4): void;
  /** A write of so many bytes; transactional ones cost twice. */
  write(table: string, sizeBytes: number, factor: 1 | 2): void;
  /** The ConsumedCapacity of each table, as the request asked; undefined when it did not. */
  report(): ConsumedCapacity[] | undefined;
}

/** Consumed capacity in AWS's shape. */
export interface ConsumedCapacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
  readonly Table?: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/**
 * A meter for one request. Writes count the table only, not its indexes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function capacityMeter(returnConsumedCapacity: string | undefined): CapacityMeter {
  const units = new Map<string, Map<string, number>>();
  const isAsked = returnConsumedCapacity === "TOTAL" || returnConsumedCapacity === "INDEXES";
  function add(table: string, index: string, amount: number): void {
    if (!isAsked) return;
    const byIndex = units.get(table) ?? new Map<string, number>();
    units.set(table, byIndex);
    byIndex.set(index, (byIndex.get(index) ?? 0) + amount);
  }
  return {
    read: (table, index, sizeBytes, factor) =>
      add(table, index ?? "", Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES)) * 0.5 * factor),
    write: (table, sizeBytes, factor) => add(table, "", Math.max(1, Math.ceil(sizeBytes / WRITE_UNIT_BYTES)) * factor),
    report() {
      if (!isAsked) return undefined;
      return [...units].map(([TableName, byIndex]): ConsumedCapacity => {
        const CapacityUnits = [...byIndex.values()].reduce((sum, amount) => sum + amount, 0);
        if (returnConsumedCapacity === "TOTAL") return { TableName, CapacityUnits };
        const indexes = [...byIndex].filter(([index]) => index !== "");
        return {
          TableName,
          CapacityUnits,
          Table: { CapacityUnits: byIndex.get("") ?? 0 },
          ...(indexes.length === 0
            ? {}
            : {
                GlobalSecondaryIndexes: Object.fromEntries(
                  indexes.map(([index, amount]) => [index, { CapacityUnits: amount }]),
                ),
              }),
        };
      });
    },
  };
}

/** The member ConsumedCapacity of an operation on one table, to spread into its answer. */
export function singleCapacity(meter: CapacityMeter): object {
  const report = meter.report();
  return report?.[0] === undefined ? {} : { ConsumedCapacity: report[0] };
}

/** The member ConsumedCapacity of an operation on several tables, to spread into its answer. */
export function listCapacity(meter: CapacityMeter): object {
  const report = meter.report();
  return report === undefined ? {} : { ConsumedCapacity: report };
}
