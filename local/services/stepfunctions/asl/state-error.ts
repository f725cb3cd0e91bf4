/**
 * A failure inside an execution, with the error name that Retry and Catch match on.
 *
 * @example throw new StateError("States.NoChoiceMatched", "No choice rule matched")
 */
export class StateError extends Error {
  /** The error name, such as `States.Timeout` or the `errorType` of a Lambda function. */
  readonly error: string;
  readonly errorCause: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause ?? error);
    this.name = "StateError";
    this.error = error;
    this.errorCause = cause;
  }
}

/** `States.Runtime`: an exception that no handler can process; it always fails the execution. */
export function runtimeError(cause: string): StateError {
  return new StateError("States.Runtime", cause);
}

/** `States.IntrinsicFailure`: an intrinsic function got arguments that it cannot work with. */
export function intrinsicError(call: string, problem: string): StateError {
  return new StateError("States.IntrinsicFailure", `The function '${call}' had the following error: ${problem}`);
}
