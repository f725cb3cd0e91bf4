import { parseArgs } from "node:util";
import { DeployError } from "./deployer/index.ts";
import { PortTakenError, runServer } from "./process/run-server.ts";
import { StateLockedError } from "./process/state-lock.ts";
import { services } from "./services/index.ts";

/** The process that `mlops local up` starts: the local cloud on one port until SIGTERM or SIGINT. Resolves when it is ready. */
export async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4566" },
      "state-dir": { type: "string", default: ".mlops/local" },
      "template-dir": { type: "string" },
      "stack-name": { type: "string" },
      region: { type: "string", default: "us-east-1" },
      account: { type: "string", default: "000000000000" },
      "enforce-iam": { type: "boolean", default: false },
    },
  });

  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`--port must be a whole number from 0 to 65535, got '${values.port}'`);
    process.exit(2);
  }

  try {
    const server = await runServer({
      port,
      stateDirectory: values["state-dir"],
      templateDirectory: values["template-dir"],
      stackName: values["stack-name"],
      region: values.region,
      accountId: values.account,
      factories: services,
      enforceIam: values["enforce-iam"],
      print: (line) => console.log(line),
    });
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      console.log(`${signal}: stopping`);
      await server.stop();
      process.exit(0);
    };
    const onSignal = (signal: NodeJS.Signals): void => {
      end(signal).catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
    console.log("ready");
  } catch (error) {
    const expected =
      error instanceof StateLockedError || error instanceof PortTakenError || error instanceof DeployError;
    console.error(expected ? error.message : error);
    process.exit(1);
  }
}
