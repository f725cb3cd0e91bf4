// Runs a Node.js function: loads the handler and serves the Lambda Runtime API until the cloud goes away.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// CommonJS, which starts some milliseconds sooner.
const { existsSync, readFileSync } = require("node:fs");
const { Agent, request: httpRequest } = require("node:http");
const { createRequire } = require("node:module");
const { basename, dirname, join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { format, types } = require("node:util");

const { AWS_LAMBDA_RUNTIME_API = "", LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
const [authority, ...basePath] = AWS_LAMBDA_RUNTIME_API.split("/");
const [hostname, port] = authority.split(":");
const base = `/${[...basePath, "2018-06-01", "runtime"].join("/")}`;
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
let requestId;

// The cloud holds the other end: when it dies, so does this process, even in the middle of a handler.
process.stdin.on("error", () => process.exit(0));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
process.stdin.unref();

function call(method, path, headers, body) {
  return new Promise((done) => {
    const outgoing = httpRequest(
      {
        agent,
        hostname,
        port,
        method,
        path: base + path,
        headers: { ...headers, "content-length": body?.length ?? 0 },
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => done({ headers: response.headers, body: Buffer.concat(chunks) }));
        response.on("error", () => process.exit(0));
      },
    );
    outgoing.setNoDelay(true);
    // A refused connection means that the cloud is gone.
    outgoing.on("error", () => process.exit(0));
    outgoing.end(body);
  });
}

function errorBody(error) {
  const described =
    types.isNativeError(error) || error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
      : { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { type: described.errorType, body: Buffer.from(JSON.stringify(described)) };
}

// Tells the cloud, in order with what was written before, that the log of this request is complete.
function endOfLog() {
  process.stdout.write(`\0${requestId}\n`);
  process.stderr.write(`\0${requestId}\n`);
}

async function postError(path, error) {
  const { type, body } = errorBody(error);
  await call(
    "POST",
    path,
    { "content-type": "application/json", "lambda-runtime-function-error-type": headerSafe(type) },
    body,
  );
}

const headerSafe = (text) => String(text).replace(/[^\x20-\x7e]/g, "?");

async function dieOf(error, status) {
  // A handler that runs no more cannot answer: the error is the answer.
  console.error(requestId === undefined ? "Uncaught Exception" : "Invoke Error", error);
  if (requestId === undefined) await postError("/init/error", error);
  else {
    const path = `/invocation/${requestId}/error`;
    endOfLog();
    await postError(path, error);
  }
  process.exit(status);
}

class RuntimeFault extends Error {
  constructor(type, message, cause) {
    super(message);
    this.name = type;
    if (cause?.stack) this.stack = `${type}: ${message}\n${cause.stack.split("\n").slice(1).join("\n")}`;
  }
}

process.on("unhandledRejection", (reason) => {
  void dieOf(new RuntimeFault("Runtime.UnhandledPromiseRejection", String(reason), reason), 128);
});
process.on("uncaughtException", (error) => {
  void dieOf(error, 129);
});

function patchConsole() {
  const levels = { trace: "TRACE", debug: "DEBUG", info: "INFO", log: "INFO", warn: "WARN", error: "ERROR" };
  const order = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  const json = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const least = json ? Math.max(0, order.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO")) : 0;
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...parts) => {
      if (order.indexOf(level) < least) return;
      const timestamp = new Date().toISOString();
      const message =
        json && parts.length === 1 && typeof parts[0] === "object" && !types.isNativeError(parts[0])
          ? parts[0]
          : format(...parts);
      const line = json
        ? JSON.stringify({ timestamp, level, requestId, message })
        : // A carriage return keeps a text of several lines together as one log event.
          `${timestamp}\t${requestId ?? "undefined"}\t${level}\t${message.replace(/\n/g, "\r")}`;
      process.stdout.write(`${line}\n`);
    };
  }
}

function moduleKind(file) {
  if (file.endsWith(".mjs")) return "module";
  if (file.endsWith(".cjs")) return "commonjs";
  for (let directory = dirname(file); directory.startsWith(LAMBDA_TASK_ROOT); directory = dirname(directory)) {
    const manifest = join(directory, "package.json");
    if (existsSync(manifest))
      return JSON.parse(readFileSync(manifest, "utf8")).type === "module" ? "module" : "commonjs";
  }
  return "commonjs";
}

async function loadHandler() {
  const name = basename(_HANDLER);
  const match = /^([^.]*)\.(.+)$/.exec(name);
  if (match === null || _HANDLER.includes("..")) throw new RuntimeFault("Runtime.MalformedHandlerName", "Bad handler");
  const stem = resolve(LAMBDA_TASK_ROOT, dirname(_HANDLER), match[1]);
  const file = [".js", ".mjs", ".cjs"].map((extension) => stem + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const wanted = join(dirname(_HANDLER), match[1]);
    throw new RuntimeFault("Runtime.ImportModuleError", `Error: Cannot find module '${wanted}'`);
  }
  let loaded;
  try {
    loaded = moduleKind(file) === "module" ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RuntimeFault("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`, error);
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
      throw new RuntimeFault("Runtime.ImportModuleError", `Error: ${error.message}`, error);
    }
    throw error;
  }
  const pick = (from) => match[2].split(".").reduce((value, key) => value?.[key], from);
  const handler = pick(loaded) ?? pick(loaded?.default);
  if (handler === undefined)
    throw new RuntimeFault("Runtime.HandlerNotFound", `${_HANDLER} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeFault("Runtime.HandlerNotFound", `${_HANDLER} is not a function`);
  return handler;
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    clientContext: client === undefined ? undefined : JSON.parse(client),
    identity: undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// Resolves with the handler's result: a promise, the callback's value, or null when the event loop runs dry without either.
function run(handler, event, context) {
  return new Promise((done, fail) => {
    let outcome = () => done(null);
    const dry = () => outcome();
    const finish = (next) => {
      process.removeListener("beforeExit", dry);
      next();
    };
    process.once("beforeExit", dry);
    const callback = (error, value) => {
      const settle = () => (error === undefined || error === null ? done(value) : fail(error));
      if (context.callbackWaitsForEmptyEventLoop) outcome = settle;
      else finish(settle);
    };
    context.done = callback;
    context.succeed = (value) => callback(null, value);
    context.fail = (error) => callback(error ?? "Unknown failure");
    let returned;
    try {
      returned = handler(event, context, callback);
    } catch (error) {
      finish(() => fail(error));
      return;
    }
    if (typeof returned?.then === "function") {
      returned.then(
        (value) => finish(() => done(value)),
        (error) => finish(() => fail(error)),
      );
    }
  });
}

function serialize(value) {
  try {
    return Buffer.from(JSON.stringify(value === undefined ? null : value) ?? "null");
  } catch {
    throw new Error("Unable to stringify response body");
  }
}

async function serve(handler) {
  for (;;) {
    const next = await call("GET", "/invocation/next");
    requestId = next.headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"];
    try {
      const body = serialize(await run(handler, JSON.parse(next.body.toString("utf8")), contextOf(next.headers)));
      endOfLog();
      await call("POST", `/invocation/${requestId}/response`, { "content-type": "application/json" }, body);
    } catch (error) {
      console.error("Invoke Error", error);
      endOfLog();
      await postError(`/invocation/${requestId}/error`, error);
    }
  }
}

async function main() {
  patchConsole();
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    return await dieOf(error, 1);
  }
  await serve(handler);
}

void main();
