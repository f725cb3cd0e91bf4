import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import colors from "picocolors";
import { dataCommand } from "./commands/data-command.ts";
import { localCommand } from "./local/command.ts";
import { Failure } from "./support/failure.ts";
import { onDemand } from "./support/on-demand.ts";
import { PACKAGE_ROOT } from "./support/project.ts";

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string };

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`got "${text}", a whole number from ${min} to ${max} is allowed.`);
  };
}

/** Adds what every command that talks to a factory takes. */
function onFactory(command: Command): Command {
  return command
    .addOption(new Option("--stage <name>", "stage of the factory").default("dev").env("MLOPS_STAGE"))
    .option("--aws", "talk to AWS even when a local cloud runs here")
    .option("--json", "write the result as JSON", false);
}

const program = new Command("mlops")
  .description("A model factory: upload data, get a trained, compared, served and watched model.")
  .version(version)
  .showHelpAfterError("(mlops --help shows all commands)")
  .showSuggestionAfterError();

program.addCommand(localCommand());

program
  .command("init-model")
  .argument("<file>", "CSV, JSON Lines (also .gz or .zst) or Parquet")
  .description("make a model definition from a data file, to be read through")
  .option("--target <column>", "column to predict (default: guessed)")
  .option("--name <name>", "name of the model (default: from the file's name)")
  .option("--out <path>", "where to write it (default: models/<name>/model.yaml)")
  .option("--force", "replace a definition that is there", false)
  .option("--json", "write the result as JSON", false)
  .action(onDemand(async () => (await import("./commands/init-model.ts")).initModel));

program
  .command("validate")
  .argument("<file>")
  .description(
    "the verdict that an upload of the file would get, compared with a stage's batches where one can be reached",
  )
  .requiredOption("--model <name>", "model, or path of a model.yaml")
  .option("--models <directory>", "directory of the definitions", "models")
  .option("--html <file>", "also write the report as a page with charts")
  .addOption(new Option("--stage <name>", "stage whose batches it is compared with").default("dev").env("MLOPS_STAGE"))
  .option("--aws", "talk to AWS even when a local cloud runs here")
  .option("--offline", "ask no stage; says which rules are not judged then", false)
  .option("--after <files...>", "compare with these files instead, the oldest first; asks no stage")
  .option("--json", "write the result as JSON", false)
  .action(onDemand(async () => (await import("./commands/validate.ts")).validate));

onFactory(program.command("status").argument("[model]").description("what serves, what runs, what waits")).action(
  onDemand(async () => (await import("./commands/status.ts")).status),
);

onFactory(
  program.command("upload").argument("<model>").argument("<files...>").description("send data files to a model"),
)
  .option("--wait", "wait for the verdict on each file", false)
  .action(onDemand(async () => (await import("./commands/upload.ts")).upload));

onFactory(program.command("runs").argument("<model>").description("training runs, newest first"))
  .option("--limit <n>", "how many", integer(1, 1000), 20)
  .action(onDemand(async () => (await import("./commands/runs.ts")).runs));

onFactory(program.command("versions").argument("<model>").description("versions, with metrics and verdicts"))
  .option("--limit <n>", "how many", integer(1, 1000), 20)
  .action(onDemand(async () => (await import("./commands/versions.ts")).versions));

onFactory(program.command("predict").argument("<model>").description("send rows to the live endpoint"))
  .option("--data <json>", "one row, an array of rows, or a whole request")
  .option("--file <path>", "rows from a .csv, .jsonl or .json file")
  .option("--variant <name>", "champion or challenger; without it the weights decide")
  .option("--inference-id <id>", "id to send the true label by later")
  .action(onDemand(async () => (await import("./commands/predict.ts")).predict));

onFactory(program.command("traffic").argument("<model>").description("run a challenger beside the champion, or end it"))
  .option("--challenger <percent>", "share of the traffic for the challenger", integer(1, 99))
  .option(
    "--to-version <n>",
    "version to run as challenger (default: the newest that passed the gate)",
    integer(1, 99_999_999),
  )
  .option("--end <outcome>", "promote or remove the challenger")
  .option("--reason <text>", "why, for the audit")
  .option("--no-wait", "return at once")
  .action(onDemand(async () => (await import("./commands/traffic.ts")).traffic));

onFactory(program.command("rollback").argument("<model>").description("let the previous champion serve again"))
  .option("--to-version <n>", "another version than the previous champion", integer(1, 99_999_999))
  .option("--reason <text>", "why, for the audit")
  .option("--no-wait", "return at once")
  .action(onDemand(async () => (await import("./commands/traffic.ts")).rollback));

onFactory(program.command("retrain").argument("<model>").description("train on the data that has been accepted"))
  .option("--reason <text>", "why, for the audit")
  .option("--wait", "wait for the end of the run", false)
  .action(onDemand(async () => (await import("./commands/retrain.ts")).retrain));

program.addCommand(dataCommand(onFactory, integer));

onFactory(program.command("drift").argument("<model>").description("the newest drift check"))
  .option("--now", "check what has been captured until now", false)
  .action(onDemand(async () => (await import("./commands/drift.ts")).drift));

onFactory(program.command("doctor").description("what would stop a first deployment or a first run"))
  .option("--models <directory>", "directory of the definitions (default: the stage's setting)")
  .action(onDemand(async () => (await import("./commands/doctor.ts")).doctor));

program
  .command("demo")
  .description("the whole loop on real data, on this machine")
  .option("--json <file>", "write what happened as JSON")
  .option("--keep", "leave the local cloud up afterwards", false)
  .action(onDemand(async () => (await import("./demo/demo.ts")).demo));

program
  .command("python-setup")
  .description("make the Python environment that trains and serves models on this machine")
  .option("--if-possible", "succeed with a message when there is no usable Python", false)
  .option("--test", "also make the environment of the test clients", false)
  .action(onDemand(async () => (await import("./local/python-setup.ts")).pythonSetup));

/** The `mlops` command: reads the arguments of the process and runs what they ask for. Sets the exit code. */
export async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`${colors.red("✗")} ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(`${colors.red("✗")} ${(error as Error).stack ?? String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
