// A local cloud in a process of its own, for tests that kill it. Prints its endpoint.
import { createLambda } from "../../../local/services/lambda/index.ts";
import { createSts } from "../../../local/services/sts/index.ts";
import { startCloud } from "../../support/start-cloud.ts";

const { endpoint } = await startCloud({ stateDirectory: process.argv[2] ?? "", factories: [createSts, createLambda] });
process.stdout.write(`${endpoint}\n`);
