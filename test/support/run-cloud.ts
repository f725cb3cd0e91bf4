import { createCloud } from "../../local/kernel/create-cloud.ts";
import { services } from "../../local/services/index.ts";

// A cloud in a process of its own, for tests that kill it. Usage: node --import tsx run-cloud.ts <state directory>
const [stateDirectory = ""] = process.argv.slice(2);
const { endpoint } = await createCloud({ stateDirectory, port: 0, factories: services });
console.log(endpoint);
