import type { Cloud } from "../../kernel/cloud.ts";
import { batchOperations } from "./batch-operations.ts";
import { sweepExpired } from "./expiry.ts";
import { featureOperations } from "./feature-operations.ts";
import { itemOperations } from "./item-operations.ts";
import { queryOperations } from "./query-operations.ts";
import { tableOperations } from "./table-operations.ts";
import { openTableStore } from "./table-store.ts";
import { transactionOperations } from "./transaction-operations.ts";
import type { DynamodbService } from "./types.ts";

const SWEEP_INTERVAL_MILLIS = 60_000;

/** The local DynamoDB: tables with secondary indexes, expressions, transactions and time to live, all durable. */
export function createDynamodb(cloud: Cloud): DynamodbService {
  const store = openTableStore(cloud);
  let timer: NodeJS.Timeout | undefined;
  const sweep = (): number => {
    store.forgetOldTokens();
    return sweepExpired(store, cloud.now());
  };
  return {
    id: "dynamodb",
    operations: {
      ...tableOperations(cloud, store),
      ...featureOperations(cloud, store),
      ...itemOperations(store),
      ...batchOperations(store),
      ...transactionOperations(store),
      ...queryOperations(store),
    },
    sweepExpired: sweep,
    async start() {
      timer = setInterval(sweep, SWEEP_INTERVAL_MILLIS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
