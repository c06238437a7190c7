import * as z from 'zod';
import type { FindingRecord } from '../../../lambda/detection/findings/techniques';
import {
  BECAUSES,
  FINDING_SCHEMA,
  FINDING_TYPES,
  ORIGIN_KINDS,
  OWNERSHIPS,
  SEVERITIES,
} from '../../../lambda/detection/model/finding';

const text = z.string().min(1);
const maybe = z.nullable(text);
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const account = z.string().regex(/^\d{12}$/);
const accessKeyIds = z.array(z.string().regex(/^ASIA\w+$/));
const count = z.nullable(z.int().positive());

const workload = z.strictObject({
  kind: z.enum(['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function', 'service-session']),
  id: text,
  account,
  region: maybe,
  partition: text,
  attributes: z.record(text, z.string()),
});

const place = {
  kind: z.enum(ORIGIN_KINDS),
  ip: maybe,
  endpointId: maybe,
  endpointAccount: z.nullable(account),
  service: maybe,
};

/** `credlock.finding/1`: every key there is, and no other. */
export const FINDING_LINE = z
  .strictObject({
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
    sessions: z.array(z.strictObject({ arn: text, role: text, accessKeyIds })).min(1),
    origin: z.nullable(
      z.strictObject({
        ...place,
        ownership: z.enum(OWNERSHIPS),
        account: z.nullable(account),
        region: maybe,
      }),
    ),
    lock: z.array(
      z.strictObject({
        origin: z.strictObject(place).partial().required({ kind: true }),
        because: z.enum(BECAUSES),
        since: time,
        until: z.nullable(time),
      }),
    ),
    firstSeen: time,
    lastSeen: time,
    calls: count,
    callsAtLeast: count,
    events: z
      .array(
        z.strictObject({
          id: text,
          time,
          region: text,
          source: text,
          name: text,
          errorCode: maybe,
          userAgent: maybe,
          accessKeyId: maybe,
          resource: maybe,
        }),
      )
      .min(1),
    evidence: z.array(text).min(1),
    ruledOut: z.array(z.strictObject({ explanation: z.string().regex(/^[a-z]+(?:-[a-z]+)*$/), because: text })),
    related: z.array(z.strictObject({ kind: z.enum(['chained-session', 'console-session']), arn: text, accessKeyIds })),
    workloads: z.nullable(z.array(workload).min(1)),
    archivedBecause: maybe,
    advice: z.array(text).min(1),
    techniques: z.array(z.strictObject({ id: z.string().regex(/^T\d{4}(?:\.\d{3})?$/), name: text })),
  })
  .refine((finding) => (finding.workload === null) === (finding.workloads !== null), 'a workload, or workloads')
  .refine((finding) => (finding.calls === null) === (finding.callsAtLeast !== null), 'calls, or callsAtLeast')
  .refine(
    (finding) => (finding.origin === null) === (finding.type === 'ManyOrigins'),
    'an origin, but for ManyOrigins',
  );

/** The keys in the order in which they are documented. */
export const FINDING_KEYS: readonly (keyof FindingRecord)[] = [
  'schema',
  'id',
  'incidentId',
  'type',
  'severity',
  'status',
  'contested',
  'sample',
  'title',
  'description',
  'workload',
  'sessions',
  'origin',
  'lock',
  'firstSeen',
  'lastSeen',
  'calls',
  'callsAtLeast',
  'events',
  'evidence',
  'ruledOut',
  'related',
  'workloads',
  'archivedBecause',
  'advice',
  'techniques',
];
