import { getOwn } from "./own.ts";
import type { TableStore } from "./table-store.ts";

/** Times to live further back than this are mistakes, not expiry: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
const MAX_AGE_SECONDS = 5 * 365 * 86_400;

/** Deletes the items whose time to live has passed; gives their number. */
export function sweepExpired(store: TableStore, nowMillis: number): number {
  const nowSeconds = Math.floor(nowMillis / 1_000);
  let deleted = 0;
  for (const name of store.names()) {
    const table = store.table(name);
    const attribute = table.definition.ttlAttribute;
    if (attribute === undefined) continue;
    for (const [key, item] of [...table.items()]) {
      const text = getOwn(item, attribute)?.N;
      if (text === undefined) continue;
      const expiresAtSeconds = Number(text);
      if (expiresAtSeconds > nowSeconds || expiresAtSeconds < nowSeconds - MAX_AGE_SECONDS) continue;
      table.write(key, undefined);
      deleted += 1;
    }
  }
  return deleted;
}
