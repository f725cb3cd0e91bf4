import type { ServiceModel } from "./model.ts";

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly expression: RegExp;
  readonly labels: readonly string[];
  /** Literal characters of the template: the longer, the more specific. */
  readonly weight: number;
}

const routes = new WeakMap<ServiceModel, Route[]>();

/** The operation whose method and path template fit, with the decoded labels of the path. */
export function matchRoute(
  model: ServiceModel,
  method: string,
  path: string,
): { operation: string; labels: Record<string, string> } | undefined {
  let table = routes.get(model);
  if (!table) {
    table = buildTable(model);
    routes.set(model, table);
  }
  for (const route of table) {
    if (route.method !== method) continue;
    const match = route.expression.exec(path);
    if (!match) continue;
    const labels: Record<string, string> = {};
    route.labels.forEach((label, index) => {
      labels[label] = decodeLabel(match[index + 1] ?? "");
    });
    return { operation: route.operation, labels };
  }
  return undefined;
}

function buildTable(model: ServiceModel): Route[] {
  return Object.entries(model.operations)
    .map(([operation, { http }]) => {
      const template = (http.uri.split("?")[0] ?? "").replace(/\/$/, "");
      const labels: string[] = [];
      const source = template.replace(/\{([^}+]+)(\+?)\}|([.*?^$()|[\]\\])/g, (_, label, greedy, literal) => {
        if (literal) return `\\${literal}`;
        labels.push(label);
        return greedy ? "(.+)" : "([^/]+)";
      });
      const weight = template.replace(/\{[^}]+\}/g, "").length;
      return { operation, method: http.method, expression: new RegExp(`^${source}/?$`), labels, weight };
    })
    .sort((a, b) => b.weight - a.weight);
}

function decodeLabel(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A malformed escape is kept as it was sent; the validator judges it.
    if (error instanceof URIError) return text;
    throw error;
  }
}
