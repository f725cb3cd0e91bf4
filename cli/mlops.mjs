#!/usr/bin/env node
// The command runs from its TypeScript sources: tsx compiles them as they load and caches the result.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
