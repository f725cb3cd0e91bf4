import { watchAlarms } from "./alarm-watch.ts";
import { type SagemakerContext, SERVICE } from "./context.ts";
import { planDeployment } from "./deployment-plan.ts";
import { findEndpointConfig, variantsOf } from "./endpoint-config-operations.ts";
import { failureReasonOf } from "./errors.ts";
import { publishDeployment, publishEndpoint } from "./events.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import type { EndpointRecord, PendingDeployment, VariantRecord } from "./records.ts";
import type { FleetShare } from "./traffic.ts";

/** Starts, switches and ends the containers of endpoints, and records how that goes. */
export interface EndpointFleets {
  /** Who takes traffic now; waits for an endpoint whose containers are coming back after a restart of the cloud. */
  serving(name: string): Promise<readonly FleetShare[]>;
  create(name: string): void;
  update(name: string): void;
  setWeights(name: string, variants: readonly VariantRecord[]): void;
  delete(name: string): void;
  /** Brings every stored endpoint to the state that it should have. */
  recover(): void;
  /** Ends all containers; the records stay. */
  stop(): Promise<void>;
}

interface Live {
  fleets: readonly FleetShare[];
  work: Promise<void>;
}

/** Makes the manager; records are in the context's table of endpoints. */
export function createEndpointFleets(context: SagemakerContext): EndpointFleets {
  const { cloud, endpoints } = context;
  const live = new Map<string, Live>();
  const stopping = new AbortController();

  function change(name: string, update: Partial<EndpointRecord>): EndpointRecord | undefined {
    const record = endpoints.get(name);
    if (!record || stopping.signal.aborted) return undefined;
    return endpoints.set(name, { ...record, ...update, modifiedMillis: cloud.now() });
  }

  function announce(name: string, update: Partial<EndpointRecord>): void {
    const record = change(name, update);
    if (record) publishEndpoint(context, record);
  }

  function entryOf(name: string): Live {
    const entry = live.get(name) ?? { fleets: [], work: Promise.resolve() };
    live.set(name, entry);
    return entry;
  }

  /** Runs work for an endpoint after whatever runs for it now. */
  function enqueue(name: string, work: (entry: Live) => Promise<void>): void {
    const entry = entryOf(name);
    entry.work = entry.work
      .then(() => (stopping.signal.aborted ? undefined : work(entry)))
      .catch((error: unknown) => {
        cloud.log(SERVICE, `endpoint ${name}: ${String((error as Error).stack)}`);
        announce(name, { status: "Failed", failureReason: failureReasonOf(error) });
      });
  }

  async function start(name: string, configName: string, variants: readonly VariantRecord[]): Promise<Fleet> {
    const fleet = await startFleet(context, name, configName, variants);
    if (!stopping.signal.aborted) return fleet;
    await fleet.stop();
    throw new Error("the local cloud is stopping");
  }

  async function bringUp(entry: Live, name: string): Promise<void> {
    const record = endpoints.get(name);
    if (!record) return;
    const fleet = await start(name, record.configName, record.variants);
    entry.fleets = [{ fleet, percent: 100 }];
  }

  async function deploy(entry: Live, name: string): Promise<void> {
    const pending = endpoints.get(name)?.pending;
    const old = entry.fleets[0]?.fleet;
    if (!pending) return;
    let fresh: Fleet | undefined;
    try {
      const plan = planDeployment(pending.deploymentConfig, pending.variants);
      fresh = await start(name, pending.configName, pending.variants);
      for (const step of plan.steps) {
        entry.fleets = shares(old, fresh, step.percent);
        setPhase(name, pending, { status: "Baking", message: step.message });
        const alarm = await watchAlarms(cloud, plan.alarmNames, step.waitSeconds * 1_000, stopping.signal);
        if (stopping.signal.aborted) return;
        if (alarm !== undefined) throw new Error(`The alarm ${alarm} is in state ALARM.`);
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      entry.fleets = old ? [{ fleet: old, percent: 100 }] : [];
      rollBack(name, error);
      if (fresh) retire(fresh);
      return;
    }
    entry.fleets = [{ fleet: fresh, percent: 100 }];
    announce(name, {
      status: "InService",
      configName: pending.configName,
      variants: pending.variants,
      pending: undefined,
      failureReason: undefined,
      ...(pending.deploymentConfig ? { lastDeploymentConfig: pending.deploymentConfig } : {}),
    });
    if (old) retire(old);
  }

  /** In the background: the endpoint's next change need not wait for the last answers of a fleet that left. */
  function retire(fleet: Fleet): void {
    fleet.retire().catch((error: unknown) => cloud.log(SERVICE, `fleet not ended: ${(error as Error).message}`));
  }

  function setPhase(name: string, pending: PendingDeployment, phase: PendingDeployment["phase"]): void {
    const record = change(name, { pending: { ...pending, phase } });
    if (record) publishDeployment(context, record);
  }

  /** Back on the old configuration the endpoint is InService again; the reason tells that an update was refused. */
  function rollBack(name: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    announce(name, { status: "RollingBack" });
    announce(name, {
      status: "InService",
      pending: undefined,
      failureReason: `The update was rolled back: ${reason}`.slice(0, 1_024),
    });
  }

  return {
    async serving(name) {
      const entry = live.get(name);
      if (!entry) return [];
      if (entry.fleets.length === 0) await entry.work;
      return entry.fleets;
    },
    create(name) {
      enqueue(name, async (entry) => {
        try {
          await bringUp(entry, name);
        } catch (error) {
          announce(name, { status: "Failed", failureReason: failureReasonOf(error) });
          return;
        }
        announce(name, { status: "InService" });
      });
    },
    update: (name) => enqueue(name, (entry) => deploy(entry, name)),
    setWeights(name, variants) {
      enqueue(name, async (entry) => {
        for (const { fleet } of entry.fleets) {
          for (const variant of fleet.variants) {
            variant.weight = variants.find((record) => record.name === variant.name)?.weight ?? variant.weight;
          }
        }
        announce(name, { status: "InService", variants });
      });
    },
    delete(name) {
      enqueue(name, async (entry) => {
        const fleets = entry.fleets;
        entry.fleets = [];
        await Promise.all(fleets.map(({ fleet }) => fleet.stop()));
        const record = endpoints.get(name);
        if (record) {
          endpoints.delete(name);
          context.tags.delete(record.arn);
        }
        live.delete(name);
      });
    },
    recover() {
      for (const record of [...endpoints.values()]) {
        if (record.status === "Failed") continue;
        if (record.status === "Deleting") this.delete(record.name);
        else if (record.status === "Creating") this.create(record.name);
        else {
          enqueue(record.name, (entry) => bringUp(entry, record.name));
          if (record.pending) this.update(record.name);
          else if (record.status !== "InService") this.setWeights(record.name, record.variants);
        }
      }
    },
    async stop() {
      stopping.abort();
      const entries = [...live.values()];
      await Promise.all(entries.flatMap((entry) => entry.fleets.map(({ fleet }) => fleet.stop())));
      await Promise.all(entries.map((entry) => entry.work));
    },
  };

  function shares(old: Fleet | undefined, fresh: Fleet, percent: number): FleetShare[] {
    const share = { fleet: fresh, percent };
    return old && percent < 100 ? [{ fleet: old, percent: 100 - percent }, share] : [share];
  }
}

/** The variants of a configuration, by its name. Throws ValidationException when it or a model does not exist. */
export function variantsByConfigName(context: SagemakerContext, configName: string | undefined): VariantRecord[] {
  return variantsOf(context, findEndpointConfig(context, configName));
}
