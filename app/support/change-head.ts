import { isMlopsError, MlopsError } from "../../core/errors/mlops-error.ts";
import type { Accepted, Rejected, Transition } from "../../core/registry/transition.ts";
import type { Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { CompanionItem } from "../ports/registry.ts";

/** Others may change the head between our read and our write; so many tries are enough for a head that few write to. */
const MAX_TRIES = 10;

/**
 * Reads the head, applies a pure transition and writes the result with its audit event and companion items in one
 * transaction; starts over when somebody else was faster.
 *
 * @param items what to write together with the new head; asked only when something changes
 * @returns the transition's own answer: a rejection is a value
 * @throws MlopsError `registry.version-conflict` after ten lost races
 */
export async function changeHead(
  factory: Pick<Factory, "registry" | "clock">,
  model: string,
  transition: (head: Head, now: Date) => Transition,
  items: (head: Head, before: Head) => readonly CompanionItem[] | Promise<readonly CompanionItem[]> = () => [],
): Promise<Accepted | Rejected> {
  for (let attempt = 1; ; attempt++) {
    const before = await factory.registry.getHead(model);
    const result = transition(before, factory.clock.now());
    if (!result.accepted || result.audit === null) return result;
    try {
      await factory.registry.commit({
        head: result.head,
        audit: result.audit,
        items: await items(result.head, before),
      });
      return result;
    } catch (error) {
      if (attempt === MAX_TRIES || !isMlopsError(error, "registry.version-conflict")) throw error;
    }
  }
}

/** The new head of an accepted transition; a rejection becomes an exception of the nearest error code. */
export function mustAccept(result: Accepted | Rejected): Head {
  if (result.accepted) return result.head;
  throw rejectionError(result);
}

/** A rejection as an exception, for tasks whose state machine retries or fails by its name. */
export function rejectionError(rejection: Rejected): MlopsError {
  switch (rejection.code) {
    case "training.lease-held":
    case "training.lease-lost":
    case "delivery.lease-held":
    case "delivery.lease-lost":
    case "delivery.not-allowed":
      return new MlopsError(rejection.code, rejection.message);
    case "training.budget":
    case "training.runs-per-day":
      return new MlopsError("training.budget-reached", rejection.message);
    case "training.cooldown":
    case "training.not-enabled":
      return new MlopsError("registry.invalid-transition", rejection.message);
  }
}
