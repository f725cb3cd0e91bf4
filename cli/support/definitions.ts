import type { PublishedDefinition } from "../../app/ports/registry.ts";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/**
 * The published definition of a model.
 *
 * @throws Failure that lists the models there are
 */
export async function requireModel(session: Session, model: string): Promise<PublishedDefinition> {
  const found = await session.registry.getDefinition(model);
  if (found !== null) return found;
  const names = (await session.registry.listDefinitions()).map((item) => item.model);
  throw new Failure(
    `There is no model "${model}" in this factory; there is ${names.length === 0 ? "none yet" : names.join(", ")}. Add models/${model}/model.yaml and deploy.`,
  );
}

/** Name of a model's endpoint. */
export function endpointName(session: Session, model: string): string {
  return `${session.outputs.Stage}-${model}`;
}
