import type { Factory } from "../../app/factory.ts";
import type { Repeat } from "./machine-driver.ts";

/** The crash of a process, after an effect and before its result was known. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Methods that change something; a crash comes right after the change. */
const EFFECTS = /^(put|commit|claim|delete|write|copy|start|stop|create|restore|publish|close)/;

/**
 * A way to repeat steps in which the process dies once, after its n-th effect. Repeating is what queues and state machines do.
 *
 * @returns the way, and whether the crash has happened
 */
export function crashAfter(factory: Factory, effectNumber: number): { repeat: Repeat; crashed: () => boolean } {
  let effects = 0;
  let crashed = false;
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, property, receiver) {
        const member: unknown = Reflect.get(target, property, receiver);
        if (typeof member !== "function") return member;
        if (property === "openWriter") {
          return (...args: unknown[]) => wrap(Reflect.apply(member, target, args) as object);
        }
        if (typeof property !== "string" || !EFFECTS.test(property)) return member.bind(target);
        return async (...args: unknown[]) => {
          const result: unknown = await Reflect.apply(member, target, args);
          effects += 1;
          if (effects === effectNumber && !crashed) {
            crashed = true;
            throw new Crash(`died after effect ${effectNumber} (${property})`);
          }
          return result;
        };
      },
    });
  const crashing: Factory = {
    ...factory,
    registry: wrap(factory.registry),
    objects: wrap(factory.objects),
    orchestrator: wrap(factory.orchestrator),
    training: wrap(factory.training),
    alerts: wrap(factory.alerts),
  };
  const repeat: Repeat = async (step) => {
    try {
      return await step(crashing);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return step(crashing);
    }
  };
  return { repeat, crashed: () => crashed };
}
