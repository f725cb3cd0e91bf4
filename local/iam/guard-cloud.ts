import type { Authorizer } from "../kernel/authorization.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { localRoutesOf, sendJson } from "../kernel/local-routes.ts";
import { createIamGuard } from "./guard.ts";

/** Puts a guard before every call of a cloud and serves what it has seen at `/_local/iam`. */
export function guardCloud(options: { readonly enforce: boolean }): (cloud: Cloud) => Authorizer {
  return (cloud) => {
    const guard = createIamGuard(cloud, options);
    localRoutesOf(cloud).set("iam", (_request, response) => sendJson(response, 200, guard.report()));
    return (call) => guard.authorize(call);
  };
}
