import { defineConfig } from "vitest/config";

// One project a speed class: `unit` needs no process and no network, `contract` starts local services, `e2e` runs the whole loop.
export default defineConfig({
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    globalSetup: "./test/support/temporary-directory.ts",
    projects: [
      // Unit tests share no state, so they share a process: loading modules anew for each file would take half of the time.
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"], isolate: false } },
      { extends: true, test: { name: "contract", include: ["test/contract/**/*.test.ts"] } },
      { extends: true, test: { name: "cdk", include: ["test/cdk/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "proof", include: ["test/proof/**/*.test.ts"], testTimeout: 600_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 300_000, fileParallelism: false },
      },
    ],
  },
});
