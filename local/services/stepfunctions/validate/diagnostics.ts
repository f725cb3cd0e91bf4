/** One finding about a definition; `location` is a JSON pointer. */
export interface Diagnostic {
  readonly severity: "ERROR" | "WARNING";
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

/** Collects findings. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];

  schema(location: string, message: string): void {
    this.list.push({ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message, location });
  }

  transition(location: string, message: string): void {
    this.list.push({ severity: "ERROR", code: "MISSING_TRANSITION_TARGET", message, location });
  }

  add(code: string, message: string, location?: string): void {
    this.list.push({ severity: "ERROR", code, message, ...(location !== undefined && { location }) });
  }
}

/** The message of an InvalidDefinition error, as AWS writes it. */
export function invalidDefinitionMessage(list: readonly Diagnostic[]): string {
  const parts = list.map(({ code, message, location }) =>
    location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
  );
  return `Invalid State Machine Definition: '${parts.join(", ")}'`;
}
