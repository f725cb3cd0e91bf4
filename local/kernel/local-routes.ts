import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud } from "./cloud.ts";

/** Takes an HTTP exchange under `/_local/`; `path` is the part after the route's own path. */
export type LocalRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
) => Promise<void> | void;

/** The routes under `/_local/` of one cloud: health, status, logs, answers of custom resources. */
export class LocalRoutes {
  readonly #routes = new Map<string, LocalRoute>();

  /** Adds the route `/_local/<name>`, or replaces it. */
  set(name: string, route: LocalRoute): void {
    this.#routes.set(name, route);
  }

  delete(name: string): void {
    this.#routes.delete(name);
  }

  /** The route of a path such as `/_local/cfn-response/abc`, with the rest of the path (`abc`). */
  find(path: string): { route: LocalRoute; rest: string } | undefined {
    const [name, ...rest] = path.slice("/_local/".length).split("/");
    const route = this.#routes.get(name ?? "");
    return route ? { route, rest: rest.join("/") } : undefined;
  }
}

const routesByCloud = new WeakMap<Cloud, LocalRoutes>();

/** The routes of a cloud; made on first use. */
export function localRoutesOf(cloud: Cloud): LocalRoutes {
  let routes = routesByCloud.get(cloud);
  if (!routes) {
    routes = new LocalRoutes();
    routesByCloud.set(cloud, routes);
  }
  return routes;
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
