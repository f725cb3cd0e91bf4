/** Seconds until a connection must stand. */
const CONNECTION_TIMEOUT_MILLIS = 3_000;

/** Settings of every AWS client: bounded time and bounded tries, so that a Lambda fails with a reason before it runs out of time. */
export function clientSettings(requestTimeoutMillis = 10_000): {
  readonly maxAttempts: number;
  readonly retryMode: "standard";
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
} {
  return {
    maxAttempts: 5,
    retryMode: "standard",
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MILLIS, requestTimeout: requestTimeoutMillis },
  };
}
