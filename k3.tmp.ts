import { startCloud } from "./test/support/start-cloud.ts";
import { deployAssembly, destroyStack } from "./local/deployer/index.ts";
const c = await startCloud();
try {
const t1=performance.now(); let last="";
const d = await deployAssembly(c.cloud, process.argv[2]!, { onProgress: (p) => { if (process.env.V) console.log((performance.now()-t1).toFixed(0), p.logicalId, p.status, p.reason ?? ""); } });
console.log("deploy ms", performance.now()-t1, d.outputs);
const t2=performance.now();
await destroyStack(c.cloud, d.stackName); console.log("destroy ms", performance.now()-t2);
} finally { await c.stop(); }
