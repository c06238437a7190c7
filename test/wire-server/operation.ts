import type { Caller } from './credential-book';
import type { EntryFault } from './fault-book';
import type { Protocol } from './protocols/protocol';
import { operationName, type OperationSchema } from './shape';

/** Who calls, where and when. */
export interface Call extends Caller {
  readonly region: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly now: number;
  /** The failure a test has injected for the entry at `index` of a batch, if any. */
  entryFault(index: number): EntryFault | undefined;
}

export interface Operation {
  readonly name: string;
  readonly schema: OperationSchema;
  /** The top-level members this server acts on; any other that is set is refused. */
  readonly honours: readonly string[];
  /** The input member that holds the entries of a batch that can fail one by one. */
  readonly entries: string | undefined;
  /** Whether required members of inner structures are checked before acting, not only the top-level ones. */
  readonly deep: boolean;
  act(input: unknown, call: Call): unknown;
}

export interface Service {
  /** As in the credential scope. */
  readonly name: string;
  readonly protocol: Protocol;
  /** The codes of a request that lacks a member, and of one that has a wrong one. */
  readonly refusal: { readonly missing: string; readonly invalid: string };
  readonly throttle: { readonly code: string; readonly message: string; readonly status: number };
  readonly operations: readonly Operation[];
}

/** Ties an operation of the SDK's model to what this server does for it. */
export function operation<Input>(
  schema: OperationSchema,
  model: { honours: readonly (keyof Input & string)[]; entries?: keyof Input & string; deep?: boolean },
  act: (input: Input, call: Call) => unknown,
): Operation {
  return {
    name: operationName(schema),
    schema,
    honours: model.honours,
    entries: model.entries,
    deep: model.deep ?? true,
    // The server has checked the input against the schema that `Input` is the type of.
    act: (input, call) => act(input as Input, call),
  };
}
