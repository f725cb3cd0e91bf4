#!/usr/bin/env node
// The command runs from its TypeScript sources: tsx compiles them as they load and caches the result.
import { register } from "tsx/esm/api";

// The SDK is pinned to a version that supports this Node; its warning about later versions helps nobody here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
register();
await import("./main.ts");
