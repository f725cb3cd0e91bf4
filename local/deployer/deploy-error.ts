/** A deployment that cannot go on. The message names the stack, the resource and what to do. */
export class DeployError extends Error {
  readonly logicalId: string | undefined;

  constructor(message: string, options: { logicalId?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "DeployError";
    this.logicalId = options.logicalId;
  }
}
