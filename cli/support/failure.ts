/**
 * Something that a person can mend: shown without a stack trace. The message says what happened, what is allowed and what to do.
 */
export class Failure extends Error {
  /** Process exit code: 2 for wrong usage, 1 for everything else. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}
