// A local cloud in a process of its own, so that its memory can be measured: prints its endpoint and runs until it is killed.
import { startCloud } from "../test/support/start-cloud.ts";

const { endpoint } = await startCloud({ stateDirectory: process.argv[2] ?? "" });
process.stdout.write(`${endpoint}\n`);
