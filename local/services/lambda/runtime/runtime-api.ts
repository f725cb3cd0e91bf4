import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What a process of a function may ask and tell; requests of one process come one after the other. */
export interface RuntimeClient {
  /** The process waits for work; `deliver` answers it. */
  onNext(deliver: (headers: Record<string, string>, payload: Uint8Array) => void): void;
  /** The answer to a request; false when no such request is under way. */
  onResponse(requestId: string, payload: Buffer): boolean;
  onError(requestId: string, body: Buffer): boolean;
  onInitError(body: Buffer): void;
}

/**
 * The Lambda Runtime API on a loopback port of its own; each process speaks under its own base path.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #clients = new Map<string, RuntimeClient>();
  #server: Server | undefined;
  #listening: Promise<number> | undefined;

  /** Starts to listen on first use; gives `127.0.0.1:<port>`. */
  async authority(): Promise<string> {
    this.#listening ??= new Promise((resolve, reject) => {
      const server = createServer({ keepAlive: true, noDelay: true, requestTimeout: 0 }, (request, response) => {
        this.#handle(request, response).catch((error: unknown) => {
          // The process died while it was talking; its exit is noticed elsewhere.
          response.destroy(error instanceof Error ? error : undefined);
        });
      });
      server.keepAliveTimeout = 0;
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
      this.#server = server;
    });
    return `127.0.0.1:${await this.#listening}`;
  }

  add(processId: string, client: RuntimeClient): void {
    this.#clients.set(processId, client);
  }

  remove(processId: string): void {
    this.#clients.delete(processId);
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, processId = "", version, area, kind, ...rest] = (request.url ?? "").split("/");
    const client = this.#clients.get(processId);
    if (client === undefined || version !== "2018-06-01" || area !== "runtime")
      return answer(response, 404, "NotFound");
    const body = request.method === "POST" ? await buffer(request) : Buffer.alloc(0);
    if (request.method === "GET" && kind === "invocation" && rest[0] === "next") {
      client.onNext((headers, payload) => {
        response.writeHead(200, { ...headers, "content-type": "application/json", "content-length": payload.length });
        response.end(payload);
      });
      return;
    }
    const [requestId = "", outcome] = rest;
    if (request.method === "POST" && kind === "init" && rest[0] === "error") {
      client.onInitError(body);
      return answer(response, 202);
    }
    if (request.method === "POST" && kind === "invocation" && outcome === "response") {
      return client.onResponse(requestId, body) ? answer(response, 202) : answer(response, 400, "InvalidRequestID");
    }
    if (request.method === "POST" && kind === "invocation" && outcome === "error") {
      return client.onError(requestId, body) ? answer(response, 202) : answer(response, 400, "InvalidRequestID");
    }
    answer(response, 404, "NotFound");
  }
}

function answer(response: ServerResponse, status: number, errorType?: string): void {
  const body = errorType === undefined ? '{"status":"OK"}' : JSON.stringify({ errorType, errorMessage: errorType });
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
