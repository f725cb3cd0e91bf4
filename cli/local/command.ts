import { Command, InvalidArgumentError } from "commander";
import { onDemand } from "../support/on-demand.ts";

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError(`got "${text}", a port from 0 to 65535 is allowed (0 takes a free one).`);
}

/** Adds what every `mlops local` command takes. */
function onState(command: Command): Command {
  return command.option("--state <dir>", "where the cloud keeps its state (default: .mlops/state)");
}

/** `mlops local ...`: a cloud on this machine that runs the same template as AWS. */
export function localCommand(): Command {
  const local = new Command("local").description("a cloud on this machine that runs the same stack as AWS");
  onState(local.command("up").description("start it and deploy the stack"))
    .option("--detach", "return as soon as it is ready", false)
    .option("--port <n>", "port on 127.0.0.1", port, 4566)
    .option("--models <dir>", "directory of model definitions (default: models)")
    .option("--stage <name>", "stage to deploy", "dev")
    .option("--json", "write what is up as JSON", false)
    .option("--enforce-iam", "refuse calls that AWS would refuse for want of a permission", false)
    .action(onDemand(async () => (await import("./up.ts")).localUp));
  onState(local.command("down").description("stop it; its state stays")).action(
    onDemand(async () => (await import("./control.ts")).localDown),
  );
  onState(local.command("status").description("whether it runs, and the stack's outputs"))
    .option("--json", "write it as JSON", false)
    .action(onDemand(async () => (await import("./control.ts")).localStatus));
  onState(local.command("env").description('shell exports for AWS clients: eval "$(npx mlops local env)"')).action(
    onDemand(async () => (await import("./control.ts")).localEnv),
  );
  onState(local.command("logs").description("the cloud's own log"))
    .option("--service <id>", "only lines of one service, such as stepfunctions")
    .option("--follow", "go on as lines come", false)
    .action(onDemand(async () => (await import("./control.ts")).localLogs));
  onState(local.command("reset").description("stop it and delete its state")).action(
    onDemand(async () => (await import("./control.ts")).localReset),
  );
  return local;
}
