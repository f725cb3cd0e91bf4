/** Why there is no Python environment. */
export type PythonErrorCode =
  | "python.not-found"
  | "python.unsupported-version"
  | "python.no-venv"
  | "python.install-failed"
  | "python.no-network"
  | "python.disk-full"
  | "python.lock-timeout";

/** Thrown when no Python environment can be made; the message says what to install or do. */
export class PythonEnvironmentError extends Error {
  readonly code: PythonErrorCode;

  constructor(code: PythonErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PythonEnvironmentError";
    this.code = code;
  }
}
