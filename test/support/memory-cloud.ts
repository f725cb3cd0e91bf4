import type { ExecutionStatus, Machine, Orchestrator } from "../../app/ports/orchestrator.ts";
import type { PredictionAnswer, Predictions } from "../../app/ports/predictions.ts";
import type { EndpointState, TrainingJobState, TrainingService } from "../../app/ports/training-service.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { AlarmRequest, CreateEndpointConfigRequest, CreateModelRequest } from "../../core/plans/requests.ts";

/** Executions of state machines in memory. They run until a test says how they ended. */
export class MemoryOrchestrator implements Orchestrator {
  readonly executions = new Map<string, { machine: Machine; name: string; input: object; status: ExecutionStatus }>();

  async start(machine: Machine, name: string, input: object): Promise<boolean> {
    const present = this.executions.get(`${machine}/${name}`);
    if (present !== undefined) {
      const isSame = present.status === "running" && JSON.stringify(present.input) === JSON.stringify(input);
      if (present.status === "running" && !isSame)
        throw new MlopsError("cloud.refused", `${name} runs with another input`);
      return false;
    }
    this.executions.set(`${machine}/${name}`, { machine, name, input: structuredClone(input), status: "running" });
    return true;
  }

  async status(machine: Machine, name: string): Promise<ExecutionStatus | null> {
    return this.executions.get(`${machine}/${name}`)?.status ?? null;
  }

  async stop(machine: Machine, name: string): Promise<void> {
    this.end(machine, name, "aborted");
  }

  /** Ends an execution. */
  end(machine: Machine, name: string, status: ExecutionStatus): void {
    const execution = this.executions.get(`${machine}/${name}`);
    if (execution?.status === "running") execution.status = status;
  }

  /** Inputs of the executions that run now. */
  running(machine: Machine): object[] {
    return [...this.executions.values()]
      .filter((execution) => execution.machine === machine && execution.status === "running")
      .map((execution) => execution.input);
  }
}

/** A training job as tests make it. */
export type MemoryJob = TrainingJobState;

/** Jobs, models, endpoints and alarms in memory, with SageMaker's rules about names that exist or not. */
export class MemoryTraining implements TrainingService {
  readonly jobs = new Map<string, MemoryJob>();
  readonly models = new Map<string, CreateModelRequest>();
  readonly configs = new Map<string, CreateEndpointConfigRequest>();
  readonly endpoints = new Map<string, EndpointState>();
  readonly alarms = new Map<string, AlarmRequest>();
  readonly stopped: string[] = [];
  /** What training scripts said was wrong, by job. */
  readonly scriptErrors = new Map<string, string>();

  async describeTrainingJob(name: string): Promise<TrainingJobState | null> {
    return this.jobs.get(name) ?? null;
  }

  async scriptError(trainingJobName: string): Promise<string | null> {
    return this.scriptErrors.get(trainingJobName) ?? null;
  }

  async stopTrainingJob(name: string): Promise<void> {
    const job = this.jobs.get(name);
    if (job?.status === "InProgress") {
      this.jobs.set(name, { ...job, status: "Stopped" });
      this.stopped.push(name);
    }
  }

  async stopTransformJob(name: string): Promise<void> {
    this.stopped.push(name);
  }

  async modelExists(name: string): Promise<boolean> {
    return this.models.has(name);
  }

  async createModel(request: CreateModelRequest): Promise<void> {
    if (!this.models.has(request.ModelName)) this.models.set(request.ModelName, request);
  }

  async deleteModel(name: string): Promise<void> {
    this.models.delete(name);
  }

  /** What the delivery machine does itself. */
  async createEndpointConfig(request: CreateEndpointConfigRequest): Promise<void> {
    for (const variant of request.ProductionVariants) {
      if (!this.models.has(variant.ModelName)) throw new MlopsError("cloud.refused", `no model ${variant.ModelName}`);
    }
    this.configs.set(request.EndpointConfigName, request);
  }

  /** Creates or updates an endpoint, which is in service at once. */
  async putEndpoint(name: string, configName: string): Promise<void> {
    const config = this.configs.get(configName);
    if (config === undefined) throw new MlopsError("cloud.refused", `no endpoint config ${configName}`);
    this.endpoints.set(name, {
      status: "InService",
      configName,
      failureReason: null,
      variants: config.ProductionVariants.map((variant) => ({
        name: variant.VariantName,
        weight: variant.InitialVariantWeight,
      })),
    });
  }

  async describeEndpoint(name: string): Promise<EndpointState | null> {
    return this.endpoints.get(name) ?? null;
  }

  async restoreEndpoint(name: string, configName: string): Promise<void> {
    await this.putEndpoint(name, configName);
  }

  async deleteEndpoint(name: string): Promise<void> {
    this.endpoints.delete(name);
  }

  async deleteEndpointConfig(name: string): Promise<void> {
    for (const [endpoint, state] of this.endpoints) {
      if (state.configName === name) throw new MlopsError("internal.invariant", `${name} is live on ${endpoint}`);
    }
    this.configs.delete(name);
  }

  async putAlarms(alarms: readonly AlarmRequest[]): Promise<void> {
    for (const alarm of alarms) this.alarms.set(alarm.AlarmName, alarm);
  }

  async deleteAlarms(names: readonly string[]): Promise<void> {
    for (const name of names) this.alarms.delete(name);
  }
}

/** Answers by asking a function for the prediction of the model that a variant runs. */
export class MemoryPredictions implements Predictions {
  /** Set to make the container fail, as many times. */
  failures = 0;
  private readonly training: MemoryTraining;
  private readonly predict: (modelName: string, features: Record<string, unknown>) => unknown;

  constructor(training: MemoryTraining, predict: (modelName: string, features: Record<string, unknown>) => unknown) {
    this.training = training;
    this.predict = predict;
  }

  async invoke(endpointName: string, variant: string, body: string): Promise<PredictionAnswer> {
    if (this.failures > 0) {
      this.failures -= 1;
      return { status: 500, body: "worker died", variant: null };
    }
    const endpoint = this.training.endpoints.get(endpointName);
    const config = this.training.configs.get(endpoint?.configName ?? "");
    const model = config?.ProductionVariants.find((item) => item.VariantName === variant)?.ModelName;
    if (model === undefined) throw new MlopsError("cloud.refused", `${endpointName} has no variant ${variant}`);
    const { instances } = JSON.parse(body) as { instances: Record<string, unknown>[] };
    const predictions = instances.map((features) => this.predict(model, features));
    return { status: 200, body: JSON.stringify({ predictions }), variant };
  }
}
