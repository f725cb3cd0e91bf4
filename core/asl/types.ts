/** A JSON value of a state machine definition. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One state of the Amazon States Language in its JSON form. */
export type State = { readonly Type: string } & { readonly [field: string]: Json | undefined };

/** A state machine in the Amazon States Language (https://states-language.net/spec.html), query language JSONata. */
export interface StateMachine {
  readonly Comment: string;
  readonly QueryLanguage: "JSONata";
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}
