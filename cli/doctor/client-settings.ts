/** Settings of the doctor's clients: one retry, because a person waits. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
}

/** Settings for a region. @param endpoint of all services, for a local cloud or a test */
export function clientSettings(region: string, endpoint?: string): ClientSettings {
  return { region, maxAttempts: 2, ...(endpoint === undefined ? {} : { endpoint }) };
}
