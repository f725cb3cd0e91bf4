// Starts local/server.ts.
require("./launch/run-bundled.cjs")
  .runBundled("local/server.ts")
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
