import * as z from 'zod';
import type { TokenFact } from './token-fact';

const text = z.string();
const maybe = z.nullable(text);
const pod = z.object({ uid: text, name: text });
const common = {
  cluster: z.object({ partition: text, account: maybe, region: maybe, name: maybe }),
  time: z.number(),
};

/** What is kept of facts about tokens from run to run. */
export const TOKEN_FACT_SCHEMA: z.ZodType<TokenFact> = z.discriminatedUnion('fact', [
  z.object({
    ...common,
    fact: z.literal('use'),
    pod: z.nullable(pod),
    node: maybe,
    account: text,
    credential: maybe,
    place: text,
    auditId: text,
    name: text,
    target: maybe,
    status: z.nullable(z.number()),
    impersonated: maybe,
    userAgent: maybe,
    claimedSources: z.array(text),
    isStale: z.boolean(),
  }),
  z.object({
    ...common,
    fact: z.literal('address'),
    holder: z.union([z.object({ pod }), z.object({ node: text })]),
    ip: text,
    by: z.union([
      z.object({ node: text, session: maybe, place: text }),
      z.object({ stored: z.literal(true), credential: maybe }),
      z.object({ writer: text }),
    ]),
  }),
  z.object({ ...common, fact: z.literal('on-node'), pod, node: text }),
  z.object({ ...common, fact: z.literal('instance'), node: text, instance: text }),
  z.object({
    ...common,
    fact: z.literal('issuance'),
    credential: text,
    account: text,
    requester: text,
    requesterPod: z.nullable(pod),
    place: maybe,
  }),
  z.object({ ...common, fact: z.literal('gone'), pod }),
]);
