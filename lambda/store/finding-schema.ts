import * as z from 'zod';
import {
  BECAUSES,
  FINDING_SCHEMA,
  FINDING_TYPES,
  ORIGIN_KINDS,
  OWNERSHIPS,
  SEVERITIES,
} from '../detection/model/finding';

const text = z.string();
const maybe = z.nullable(text);
const kind = z.enum(ORIGIN_KINDS);
const place = {
  ip: maybe,
  endpointId: maybe,
  endpointAccount: maybe,
  service: maybe,
  cluster: z.exactOptional(text),
};
const workload = z.object({
  kind: text,
  id: text,
  account: text,
  region: maybe,
  partition: text,
  attributes: z.record(text, text),
});

/** A finding as stored in the table. */
export const findingSchema = z.object({
  schema: z.literal(FINDING_SCHEMA),
  id: text,
  incidentId: text,
  type: z.enum(FINDING_TYPES),
  severity: z.enum(SEVERITIES),
  status: z.enum(['ACTIVE', 'ARCHIVED']),
  contested: z.boolean(),
  sample: z.boolean(),
  title: text,
  description: text,
  workload: z.nullable(workload),
  sessions: z.array(z.object({ arn: text, role: text, accessKeyIds: z.array(text) })),
  origin: z.nullable(z.object({ kind, ...place, ownership: z.enum(OWNERSHIPS), account: maybe, region: maybe })),
  lock: z.array(
    z.object({
      origin: z.object({
        kind,
        ip: z.exactOptional(maybe),
        endpointId: z.exactOptional(maybe),
        endpointAccount: z.exactOptional(maybe),
        service: z.exactOptional(maybe),
        cluster: z.exactOptional(text),
      }),
      because: z.enum(BECAUSES),
      since: text,
      until: maybe,
    }),
  ),
  firstSeen: text,
  lastSeen: text,
  calls: z.nullable(z.number()),
  callsAtLeast: z.nullable(z.number()),
  events: z.array(
    z.object({
      id: text,
      time: text,
      region: text,
      source: text,
      name: text,
      errorCode: maybe,
      userAgent: maybe,
      accessKeyId: maybe,
      // Findings stored before resources were kept have none.
      resource: maybe.default(null),
    }),
  ),
  evidence: z.array(text),
  ruledOut: z.array(z.object({ explanation: text, because: text })),
  related: z.array(
    z.object({ kind: z.enum(['chained-session', 'console-session']), arn: text, accessKeyIds: z.array(text) }),
  ),
  workloads: z.nullable(z.array(workload)),
  workloadsLeftOut: z.exactOptional(z.number()),
  archivedBecause: maybe,
  advice: z.array(text),
});
