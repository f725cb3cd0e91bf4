import type { Cloud } from "../../kernel/cloud.ts";
import { resourceNotFound } from "./errors.ts";
import { decodeItem, encodeItem, type StoredItem } from "./stored-item.ts";
import { Table } from "./table.ts";
import type { Item, TableDefinition } from "./types.ts";

/** A write to one item; `item` is absent for a deletion. */
export interface ItemWrite {
  readonly table: Table;
  readonly key: string;
  readonly item: Item | undefined;
}

interface JournalEntry {
  readonly writes: readonly { readonly table: string; readonly key: string; readonly item?: StoredItem }[];
  readonly token?: { readonly token: string; readonly fingerprint: string };
}

interface UsedToken {
  readonly fingerprint: string;
  readonly expiresAtMillis: number;
}

/** How long a ClientRequestToken is remembered: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const TOKEN_MILLIS = 600_000;

/** The tables of the account. */
export interface TableStore {
  /** By name or ARN. Throws ResourceNotFoundException. */
  table(nameOrArn: string): Table;
  find(name: string): Table | undefined;
  /** All names, sorted. */
  names(): string[];
  create(definition: TableDefinition): Table;
  redefine(table: Table, change: Partial<TableDefinition>): void;
  remove(table: Table): void;
  /** Makes several writes so that after a crash all or none of them are there. The token is remembered with them. */
  commit(writes: readonly ItemWrite[], token?: { readonly token: string; readonly fingerprint: string }): void;
  /** What was sent with a token within the last ten minutes. */
  fingerprintOf(token: string): string | undefined;
  forgetOldTokens(): void;
}

/** Opens every table of the state directory and finishes a transaction that a crash interrupted. */
export function openTableStore(cloud: Cloud): TableStore {
  const definitions = cloud.table<TableDefinition>("dynamodb", "tables");
  const journal = cloud.table<JournalEntry>("dynamodb", "journal");
  const tokens = cloud.table<UsedToken>("dynamodb", "request-tokens");
  const tables = new Map<string, Table>();
  const itemsOf = (name: string) => cloud.table<StoredItem>("dynamodb", `items-${name}`);
  for (const definition of definitions.values()) {
    tables.set(definition.name, new Table(definition, itemsOf(definition.name)));
  }
  const remember = ({ token, fingerprint }: { token: string; fingerprint: string }): void => {
    tokens.set(token, { fingerprint, expiresAtMillis: cloud.now() + TOKEN_MILLIS });
  };
  for (const [id, entry] of [...journal.entries()]) {
    if (entry.token !== undefined) remember(entry.token);
    for (const { table, key, item } of entry.writes) {
      tables.get(table)?.write(key, item === undefined ? undefined : decodeItem(item));
    }
    journal.delete(id);
  }

  return {
    find: (name) => tables.get(name),
    table(nameOrArn) {
      const name = nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.indexOf(":table/") + 7) : nameOrArn;
      const table = tables.get(name);
      if (table === undefined) throw resourceNotFound();
      return table;
    },
    names: () => [...tables.keys()].sort(),
    create(definition) {
      const items = itemsOf(definition.name);
      // What a crash left of a deleted table of this name does not come back.
      items.clear();
      definitions.set(definition.name, definition);
      const table = new Table(definition, items);
      tables.set(definition.name, table);
      return table;
    },
    redefine(table, change) {
      const definition = { ...table.definition, ...change };
      definitions.set(definition.name, definition);
      table.redefine(definition);
    },
    remove(table) {
      definitions.delete(table.definition.name);
      tables.delete(table.definition.name);
      table.destroy();
    },
    commit(writes, token) {
      // The journal's one line holds everything: whatever happens afterwards can be repeated from it.
      journal.set("current", {
        writes: writes.map(({ table, key, item }) => ({
          table: table.definition.name,
          key,
          ...(item === undefined ? {} : { item: encodeItem(item) }),
        })),
        ...(token === undefined ? {} : { token }),
      });
      if (token !== undefined) remember(token);
      for (const { table, key, item } of writes) table.write(key, item);
      journal.delete("current");
    },
    fingerprintOf(token) {
      const used = tokens.get(token);
      return used !== undefined && used.expiresAtMillis > cloud.now() ? used.fingerprint : undefined;
    },
    forgetOldTokens() {
      for (const [token, used] of [...tokens.entries()]) if (used.expiresAtMillis <= cloud.now()) tokens.delete(token);
    },
  };
}
