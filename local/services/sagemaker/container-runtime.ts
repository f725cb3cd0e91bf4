import type { Cloud } from "../../kernel/cloud.ts";
import { containerRequirementsPath, ensurePythonEnvironment, PythonEnvironmentError } from "../../python/index.ts";
import { type ContainerProcess, startContainerProcess } from "./container-process.ts";
import { JobFailure } from "./errors.ts";

/** Makes container processes, with one warm in reserve while there is work. */
export interface ContainerRuntime {
  /** Says that a container will be needed soon. */
  prepare(): void;
  /**
   * A process for the image's environment and these variables. Throws JobFailure that says what to install when there is
   * no usable Python.
   */
  take(environment: Readonly<Record<string, string>>): Promise<ContainerProcess>;
  /** Variables that every container has. */
  baseEnvironment(): Record<string, string>;
  /** Whether the cloud is stopping: what ends now did not fail. */
  isStopping(): boolean;
  stop(): Promise<void>;
}

/** A reserve that nobody took is let go after this time. */
const RESERVE_IDLE_MILLIS = 120_000;
/** The next reserve waits until the process that was just taken has got its start. */
const RESERVE_DELAY_MILLIS = 400;
/** Variables that libraries read while they are loaded; a warm process would ignore them. */
const LOAD_TIME_VARIABLE = /^(OMP_|GOMP_|KMP_|MKL_|OPENBLAS_|BLIS_|LD_|DYLD_|PYTHON|MALLOC_)/;

/** Makes the runtime; Python is looked for on first use. */
export function createContainerRuntime(cloud: Cloud): ContainerRuntime {
  let python: Promise<string> | undefined;
  let reserve: ContainerProcess | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let delayTimer: NodeJS.Timeout | undefined;
  let stopped = false;
  const running = new Set<ContainerProcess>();

  function findPython(): Promise<string> {
    python ??= ensurePythonEnvironment({
      requirementsPath: containerRequirementsPath,
      onProgress: (line) => cloud.log("sagemaker", line),
    }).then((environment) => environment.python);
    // The next job looks again: the person may have installed Python meanwhile.
    python.catch(() => {
      python = undefined;
    });
    return python;
  }

  async function start(environment: Readonly<Record<string, string>>): Promise<ContainerProcess> {
    const path = await findPython();
    const container = startContainerProcess(path, { ...baseEnvironment(), ...environment });
    running.add(container);
    void container.exited.then(() => running.delete(container));
    return container;
  }

  function baseEnvironment(): Record<string, string> {
    const inherited = Object.fromEntries(
      ["PATH", "HOME", "TMPDIR"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    );
    return {
      ...inherited,
      LANG: "C.UTF-8",
      PYTHONUNBUFFERED: "1",
      PYTHONNOUSERSITE: "1",
      // Threads that wait actively starve each other when cores are shared, as on a laptop: ten times slower in practice.
      OMP_WAIT_POLICY: "PASSIVE",
      AWS_REGION: cloud.region,
      AWS_DEFAULT_REGION: cloud.region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: cloud.endpoint(),
    };
  }

  async function fillReserve(): Promise<void> {
    if (stopped || reserve) return;
    const container = await start({});
    if (stopped || reserve) {
      container.kill();
      return;
    }
    reserve = container;
    void container.exited.then(() => {
      if (reserve === container) reserve = undefined;
    });
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (reserve === container) reserve = undefined;
      container.kill();
    }, RESERVE_IDLE_MILLIS).unref();
  }

  function prepareQuietly(): void {
    fillReserve().catch((error: unknown) =>
      cloud.log("sagemaker", `no container in reserve: ${(error as Error).message}`),
    );
  }

  return {
    prepare: prepareQuietly,
    baseEnvironment,
    isStopping: () => stopped,
    async take(environment) {
      if (stopped) throw new JobFailure("InternalServerError", "the local cloud is stopping");
      try {
        const dedicated = Object.keys(environment).some((name) => LOAD_TIME_VARIABLE.test(name));
        const container = dedicated ? undefined : reserve;
        if (container) {
          reserve = undefined;
          clearTimeout(idleTimer);
        }
        clearTimeout(delayTimer);
        delayTimer = setTimeout(prepareQuietly, RESERVE_DELAY_MILLIS).unref();
        return container ?? (await start(dedicated ? environment : {}));
      } catch (error) {
        if (error instanceof PythonEnvironmentError) throw new JobFailure("ClientError", error.message);
        throw error;
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(idleTimer);
      clearTimeout(delayTimer);
      const ending = [...running];
      for (const container of ending) container.kill();
      await Promise.all(ending.map((container) => container.exited));
    },
  };
}
