/**
 * Values and members that the format has a place for, but that are refused at present, with what to do instead.
 * Keys are `<path>=<value>` for values and `<path>` for members; feature names in paths are written `*`.
 */
const NOT_YET: Readonly<Record<string, string>> = {
  "approval=manual": "manual approval is not supported yet: leave the line out, and let the gate decide",
  "delivery.strategy=canary": "canary releases are not supported yet",
  "delivery.strategy=linear": "linear releases are not supported yet",
  "delivery.strategy=ab": "A/B experiments are not supported yet; `challenger` serves a second version at a weight",
  "delivery.strategy=shadow": "shadow releases are not supported yet",
  "delivery.canary": "canary releases are not supported yet: remove it",
  "delivery.linear": "linear releases are not supported yet: remove it",
  "delivery.ab": "A/B experiments are not supported yet: remove it",
  "delivery.shadow": "shadow releases are not supported yet: remove it",
};

function pattern(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (path[index - 1] === "features" ? "*" : String(part))).join(".");
}

/** Why a known but unsupported value at a path is refused, or undefined. */
export function notYetValue(path: readonly PropertyKey[], value: unknown): string | undefined {
  return NOT_YET[`${pattern(path)}=${String(value)}`];
}

/** Why a known but unsupported member at a path is refused, or undefined. */
export function notYetMember(path: readonly PropertyKey[]): string | undefined {
  return NOT_YET[pattern(path)];
}
