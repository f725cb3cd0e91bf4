/** A port of which every method returns a promise. */
type AsyncPort<P> = { readonly [Method in keyof P]: (...args: never[]) => Promise<unknown> };

/**
 * A port whose adapter is loaded at the first call, once. For what a handler hardly ever needs: an adapter brings its SDK clients
 * along, and those make up most of a cold start.
 */
export function onDemand<P extends AsyncPort<P>>(load: () => Promise<P>): P {
  let adapter: Promise<P> | undefined;
  return new Proxy({} as P, {
    get: (_target, method) => {
      // A promise that resolves to the port asks whether the port is a promise itself.
      if (typeof method === "symbol" || method === "then") return undefined;
      return async (...args: never[]) => {
        adapter ??= load();
        const loaded = await adapter;
        return loaded[method as keyof P](...args);
      };
    },
  });
}
