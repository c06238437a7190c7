import * as z from 'zod';
import { KUBERNETES_FINDING_TYPES, SEVERITIES } from '../detection/model/finding';
import { RUNTIME_AGENTS } from '../detection/vocabulary';
import type { KubernetesAct } from './act';

const text = z.string();
const maybe = z.nullable(text);

/** What is kept of acts from run to run. */
export const ACT_SCHEMA: z.ZodType<KubernetesAct> = z.object({
  type: z.enum(KUBERNETES_FINDING_TYPES),
  severity: z.nullable(z.enum(SEVERITIES)),
  object: z.object({ kind: maybe, namespace: maybe, name: maybe }),
  title: text,
  done: text,
  attributes: z.record(text, text),
  evidence: z.array(text),
  ruledOut: z.array(z.object({ explanation: text, because: text })),
  group: text,
  key: text,
  time: z.number(),
  cluster: z.object({ partition: text, account: maybe, region: maybe, name: maybe }),
  auditId: text,
  caller: z.nullable(
    z.object({
      username: text,
      impersonated: maybe,
      awsArn: maybe,
      accessKeyId: maybe,
      isController: z.boolean(),
    }),
  ),
  agent: z.enum(RUNTIME_AGENTS).exactOptional(),
  source: maybe,
  claimedSources: z.array(text),
  userAgent: maybe,
  name: text,
  target: maybe,
  status: z.nullable(z.number()),
});
