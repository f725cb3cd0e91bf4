/** A record's own value: attribute names come from clients and may be `constructor` or `__proto__`. */
export function getOwn<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets an own property, whatever its name. */
export function setOwn<V>(record: Record<string, V>, name: string, value: V): void {
  if (name === "__proto__") {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  } else record[name] = value;
}
