#!/usr/bin/env node
// The command runs from its TypeScript sources, which are bundled when they have changed.
import { runBundled } from "../local/launch/run-bundled.cjs";

// The SDK is pinned to a version that supports this Node; its warning about later versions helps nobody here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
await runBundled("cli/main.ts");
