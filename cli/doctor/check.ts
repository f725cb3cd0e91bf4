/** What one line of `mlops doctor` says. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "problem" | "not checked";
  /** What was found. */
  readonly found: string;
  /** What to do; null when there is nothing to do. */
  readonly advice: string | null;
}

/** All is well. */
export function ok(name: string, found: string): Check {
  return { name, status: "ok", found, advice: null };
}

/** Something would stop the first deployment or the first run. */
export function problem(name: string, found: string, advice: string): Check {
  return { name, status: "problem", found, advice };
}

/** It could not be found out; says why. */
export function notChecked(name: string, found: string, advice: string | null = null): Check {
  return { name, status: "not checked", found, advice };
}

/**
 * What a failed call to AWS means for a check: a service that the local cloud lacks and a missing permission are "not checked",
 * by name; everything else is a problem.
 *
 * @param action the IAM action of the call, for example `ssm:GetParameter`
 */
export function failedCall(name: string, action: string, error: unknown): Check {
  const { name: code, message } = error as Error;
  if (code === "UnknownOperationException" || /local cloud has no service/.test(message)) {
    return notChecked(name, `the local cloud has no service for ${action}`);
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(code)) {
    return notChecked(
      name,
      `these credentials may not call ${action}`,
      `Allow ${action}, or look it up in the console.`,
    );
  }
  return problem(
    name,
    `${action} failed: ${code}: ${message}`,
    "Mend what the message names and run the command again.",
  );
}
