import type { Factory } from "../../app/factory.ts";
import type { Alert } from "../../core/alerts/alert.ts";
import { definitionHash } from "../../core/definition/definition.ts";
import { parseDefinition } from "../../core/definition/parse.ts";
import { MemoryOrchestrator, MemoryPredictions, MemoryTraining } from "./memory-cloud.ts";
import { MemoryObjects } from "./memory-objects.ts";
import { MemoryRegistry } from "./memory-registry.ts";

/** The clock of a test: it moves when told to, and by a millisecond at every look so that order is visible. */
export class TestClock {
  private millis: number;

  constructor(start = "2026-01-01T00:00:00.000Z") {
    this.millis = Date.parse(start);
  }

  now(): Date {
    return new Date(this.millis++);
  }

  async sleep(millis: number): Promise<void> {
    this.millis += millis;
  }

  /** Moves on by so many minutes. */
  passMinutes(minutes: number): void {
    this.millis += minutes * 60_000;
  }
}

/** All ports in memory, and what tests look at and turn. */
export interface World {
  readonly factory: Factory;
  readonly registry: MemoryRegistry;
  readonly objects: MemoryObjects;
  readonly orchestrator: MemoryOrchestrator;
  readonly training: MemoryTraining;
  readonly predictions: MemoryPredictions;
  readonly clock: TestClock;
  readonly alerts: Alert[];
  /** How well each SageMaker model predicts: the probability that it gives to the truth. */
  readonly skill: Map<string, number>;
}

/** A world without any model. */
export function createWorld(): World {
  const registry = new MemoryRegistry();
  const objects = new MemoryObjects();
  const orchestrator = new MemoryOrchestrator();
  const training = new MemoryTraining();
  const clock = new TestClock();
  const alerts: Alert[] = [];
  const skill = new Map<string, number>();
  const predictions = new MemoryPredictions(training, (model, features) =>
    predictSpeed(skill.get(model) ?? 1, features),
  );
  const factory: Factory = {
    settings: {
      stage: "dev",
      region: "us-east-1",
      dataBucket: "data",
      artifactBucket: "artifacts",
      sagemakerRoleArn: "arn:aws:iam::000000000000:role/sagemaker",
      alertTopicArn: "arn:aws:sns:us-east-1:000000000000:alerts",
      largeFileBytes: 2_000_000_000,
    },
    registry,
    objects,
    orchestrator,
    training,
    predictions,
    clock,
    alerts: { publish: async (alert) => void alerts.push(alert) },
    log: { info: () => undefined, warn: () => undefined },
  };
  return { factory, registry, objects, orchestrator, training, predictions, clock, alerts, skill };
}

/** A model that knows that fast is dangerous. Skill 1 orders all rows well, 0 not at all. */
export function predictSpeed(skill: number, features: Readonly<Record<string, unknown>>): object {
  const speed = typeof features["speed"] === "number" ? features["speed"] : 150;
  const noise = pseudoRandom(JSON.stringify(features));
  const probability = Number((skill * (speed / 300) + (1 - skill) * noise).toFixed(6));
  return { probability, label: probability >= 0.5 ? "yes" : "no" };
}

function pseudoRandom(text: string): number {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return ((state >>> 0) % 1_000) / 1_000;
}

/** A small definition; `more` replaces whole sections. */
export function testDefinitionYaml(name = "strikes", more: Readonly<Record<string, string>> = {}): string {
  const sections: Record<string, string> = {
    retraining: "{ on: [data, drift], cooldownMinutes: 0, maxRunsPerDay: 20 }",
    gate: "{ metric: auc, floors: { auc: 0.6 }, minimumRows: 20, champion: { nonInferiorityMargin: 0.05 } }",
    delivery: "{ strategy: all-at-once }",
    monitoring: "{ everyMinutes: 60 }",
    ...more,
  };
  return `schemaVersion: 1
name: ${name}
problem: binary-classification
data:
  target: { column: damage, positive: ["yes"], negative: ["no"] }
  key: [id]
  features:
    speed: { type: number, min: 0, max: 600 }
    phase: { type: category, maxLevels: 20 }
  split: { validation: 0.1, test: 0.3 }
${Object.entries(sections)
  .map(([section, value]) => `${section}: ${value}`)
  .join("\n")}
`;
}

/** Publishes a definition as the catalog does. */
export async function publish(world: World, yaml = testDefinitionYaml()): Promise<void> {
  const definition = parseDefinition(yaml, "model.yaml");
  await world.registry.putDefinition({
    model: definition.name,
    definition,
    hash: definitionHash(definition),
    publishedAt: "2026-01-01T00:00:00Z",
    sourceKey: "sources/xgboost/abc.tar.gz",
  });
}

/** CSV of so many rows in which fast birds do damage; `from` numbers the first row. */
export function strikesCsv(rows: number, from = 0): string {
  const phases = ["Climb", "Approach", "Cruise"];
  const lines = Array.from({ length: rows }, (_, index) => {
    const id = from + index;
    const speed = (id * 37) % 300;
    const damage = speed + ((id * 53) % 100) > 200 ? "yes" : "no";
    return `${id},${speed},${phases[id % 3]},${damage}`;
  });
  return `id,speed,phase,damage\n${lines.join("\n")}\n`;
}
