import { Command } from "commander";
import { onDemand } from "../support/on-demand.ts";

const DATASET = "id, beginning of an id, or v12 for what version 12 was trained on";

/**
 * `mlops data ...`: the dataset versions of a model.
 *
 * @param onFactory adds the options of commands that talk to a factory
 * @param integer makes a parser for whole numbers between two bounds
 */
export function dataCommand(
  onFactory: (command: Command) => Command,
  integer: (min: number, max: number) => (text: string) => number,
): Command {
  const data = new Command("data").description("dataset versions: what a model was trained on");
  onFactory(data.command("log").argument("<model>").description("dataset versions, newest first"))
    .option("--limit <n>", "how many", integer(1, 1000), 20)
    .action(onDemand(async () => (await import("./data-log.ts")).dataLog));
  onFactory(
    data
      .command("show")
      .argument("<model>")
      .argument("[dataset]", `${DATASET} (default: the newest)`)
      .description("batches, rows and columns of a dataset version"),
  ).action(onDemand(async () => (await import("./data-show.ts")).dataShow));
  onFactory(
    data
      .command("diff")
      .argument("<model>")
      .argument("[before]", `${DATASET} (default: the one before the newest)`)
      .argument("[after]", `${DATASET} (default: the newest)`)
      .description("what changed between two dataset versions: batches, rows, columns, distributions"),
  ).action(onDemand(async () => (await import("./data-diff.ts")).dataDiff));
  onFactory(
    data
      .command("sql")
      .argument("<model>")
      .argument("[dataset]", `${DATASET} (default: the newest)`)
      .description("SQL for Athena that reads a dataset version where it lies and computes its profile"),
  ).action(onDemand(async () => (await import("./data-sql.ts")).dataSql));
  onFactory(
    data
      .command("checkout")
      .argument("<model>")
      .argument("<dataset>", DATASET)
      .description("write the exact rows of a dataset version again"),
  )
    .requiredOption("--out <directory>", "a new or empty directory")
    .action(onDemand(async () => (await import("./data-checkout.ts")).dataCheckout));
  return data;
}
