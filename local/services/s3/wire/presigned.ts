import { AwsError } from "../../../kernel/aws-error.ts";

const MAX_EXPIRES_SECONDS = 604_800;

/** Refuses a presigned URL that has expired or whose dates make no sense. The signature itself is not verified in the local cloud. */
export function checkPresigned(query: URLSearchParams, nowMillis: number): void {
  const expires = query.get("X-Amz-Expires");
  const date = query.get("X-Amz-Date");
  if (query.has("X-Amz-Signature")) {
    const seconds = Number(expires);
    const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? "");
    if (
      expires === null ||
      match === null ||
      !Number.isInteger(seconds) ||
      seconds < 0 ||
      seconds > MAX_EXPIRES_SECONDS
    ) {
      throw new AwsError(
        "AuthorizationQueryParametersError",
        400,
        "X-Amz-Date must be in the ISO8601 Long Format and X-Amz-Expires must be less than a week (in seconds)",
      );
    }
    const [, year, month, day, hour, minute, second] = match.map(Number);
    const signed = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
    if (signed + seconds * 1_000 < nowMillis) throw expired(new Date(signed + seconds * 1_000), nowMillis);
    return;
  }
  // Signature version 2: the expiry is a time in epoch seconds.
  const legacy = query.get("Expires");
  if (query.has("Signature") && legacy !== null && Number(legacy) * 1_000 < nowMillis) {
    throw expired(new Date(Number(legacy) * 1_000), nowMillis);
  }
}

const expired = (at: Date, nowMillis: number): AwsError =>
  new AwsError("AccessDenied", 403, "Request has expired", {
    Expires: at.toISOString(),
    ServerTime: new Date(nowMillis).toISOString(),
  });
