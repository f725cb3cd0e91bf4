import { createHash } from "node:crypto";

const SUFFIX_LENGTH = 12;

/**
 * A name as CloudFormation generates it: `<stack>-<logical id>-<12 characters>`, cut to the length that the service
 * allows. The suffix is a hash of stack, resource and generation, so a repeated try gets the same name.
 */
export function physicalName(
  identity: { stackName: string; stackId: string; logicalId: string; generation: number },
  maxLength: number,
  options: { lowerCase?: boolean; separator?: string } = {},
): string {
  const separator = options.separator ?? "-";
  const digest = createHash("sha256")
    .update(`${identity.stackId} ${identity.logicalId} ${identity.generation}`)
    .digest();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const suffix = [...digest.subarray(0, SUFFIX_LENGTH)].map((byte) => alphabet[byte % alphabet.length]).join("");
  const room = maxLength - SUFFIX_LENGTH - 2 * separator.length;
  // Both parts stay recognizable: the stack gets what the logical id leaves, at least half.
  const logicalLength = Math.min(
    identity.logicalId.length,
    Math.max(Math.ceil(room / 2), room - identity.stackName.length),
  );
  const stack = identity.stackName.slice(0, room - logicalLength);
  const name = [stack, identity.logicalId.slice(0, logicalLength), suffix].join(separator);
  return options.lowerCase ? name.toLowerCase() : name;
}
