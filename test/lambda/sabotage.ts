import type { Clients } from './hub';

/** Something broken on purpose, between the handlers and the wire. */
export interface Sabotage {
  readonly meddle: (clients: Clients) => void;
  /** What is done only when nothing else is left to do. */
  readonly late: () => Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;

/** Nobody looks what is stored of an hour, and whoever comes last overwrites it. */
export const forgetsWhatIsThere = (): Sabotage => ({
  late: () => Promise.resolve(),
  meddle: ({ dynamodb }) => {
    dynamodb.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'BatchGetItemCommand') return withoutHours(await next(args));
          const { ConditionExpression: _condition, ...input } = args.input as Input;
          if (commandName !== 'UpdateItemCommand' || !String(input['UpdateExpression']).startsWith('SET '))
            return next(args);
          return next({ ...args, input });
        },
      { step: 'initialize' },
    );
  },
});

function withoutHours<Answer extends { readonly output: unknown }>(answer: Answer): Answer {
  const { Responses: found = {} } = answer.output as { Responses?: Record<string, { sk: { S?: string } }[]> };
  for (const [table, items] of Object.entries(found))
    found[table] = items.filter(({ sk }) => !sk.S?.startsWith('sighting#'));
  return answer;
}

/** What is sent counts as sent at once, and goes when all messages are done. */
export function asksLate(): Sabotage {
  const postponed = new Postponed();
  return {
    late: () => postponed.act(),
    meddle: ({ sqs }) => {
      sqs.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName !== 'SendMessageBatchCommand') return next(args);
            postponed.add(() => next(args));
            const { Entries: entries } = args.input as { readonly Entries?: readonly { readonly Id?: string }[] };
            const sent = (entries ?? []).map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: '' }));
            return { output: { $metadata: {}, Successful: sent, Failed: [] }, response: {} };
          },
        { step: 'initialize' },
      );
    },
  };
}

/** What others read of a workload counts as written at once, and is there when all have read. */
export function claimsLate(): Sabotage {
  const postponed = new Postponed();
  return {
    late: () => postponed.act(),
    meddle: ({ dynamodb }) => {
      dynamodb.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const { Item: item } = args.input as { readonly Item?: { readonly pk?: { readonly S?: string } } };
            if (commandName !== 'PutItemCommand' || !item?.pk?.S?.startsWith('anchored-at#')) return next(args);
            postponed.add(() => next(args));
            return { output: { $metadata: {} }, response: {} };
          },
        { step: 'initialize' },
      );
    },
  };
}

class Postponed {
  private waiting: (() => Promise<unknown>)[] = [];

  add(does: () => Promise<unknown>): void {
    this.waiting.push(does);
  }

  /** Whoever dies over it does not come back. */
  async act(): Promise<void> {
    const all = this.waiting;
    this.waiting = [];
    for (const does of all) await does().catch(() => {});
  }
}
