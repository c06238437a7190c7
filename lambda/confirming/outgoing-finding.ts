import * as z from 'zod';
import { NO_CALL_SEEN } from '../detection/findings/chained-sessions';
import { FINDING_TYPES, SEVERITIES, type Finding } from '../detection/model/finding';
import { SINK_NAMES, type SinkName } from '../detection/vocabulary';
import { METRICS } from '../environment';
import { findingSchema } from '../store/finding-schema';
import type { Log, Meter } from '../telemetry';
import type { Delivery, Publish } from './reconcile-findings';

/** A finding in the queue of `publish`. */
export interface OutgoingFinding {
  readonly finding: Finding;
  /** Epoch milliseconds; of two states of one finding the later counts. */
  readonly updatedAt: number;
  readonly delivery: Delivery;
  readonly runbookUrl: string;
  /** Those that have yet to take it. @default all */
  readonly sinks?: readonly SinkName[] | undefined;
}

const MODE = z.enum(['learn', 'report', 'live']);
/** The latest time that a `Date` can have. */
const LATEST = 8.64e15;
const OUTGOING_FINDING = z.object({
  finding: findingSchema,
  updatedAt: z.int().min(0).max(LATEST),
  delivery: z.object({
    mode: MODE,
    reach: MODE,
    groupId: z.nullable(z.string()),
    wasUngrouped: z.boolean(),
    lastPublished: z.nullable(
      z.object({
        type: z.enum(FINDING_TYPES),
        severity: z.enum(SEVERITIES),
        status: z.enum(['ACTIVE', 'ARCHIVED']),
        mode: MODE,
      }),
    ),
  }),
  runbookUrl: z.string(),
  sinks: z.optional(z.array(z.enum(SINK_NAMES))),
});

/** Reads one from JSON. Throws a ZodError or SyntaxError for anything else. */
export function parseOutgoingFinding(text: string): OutgoingFinding {
  return OUTGOING_FINDING.parse(JSON.parse(text));
}

export interface PublishDependencies {
  /** Queues a finding for the sinks; resolves when the queue has it. */
  readonly send: (outgoing: OutgoingFinding) => Promise<void>;
  readonly runbookUrl: string;
  /** Calls of sessions that workloads assumed do not arrive, so that their absence shows nothing. @default false */
  readonly withoutChainedCalls?: boolean;
  readonly log: Log;
  readonly meter: Meter;
}

/** Counts and logs every change, and queues it unless the finding is in `learn` mode. */
export function publishWith(dependencies: PublishDependencies): Publish {
  const { send, runbookUrl, withoutChainedCalls = false, log, meter } = dependencies;
  return async (found, updatedAt, delivery) => {
    const finding = withoutChainedCalls ? withUnseenCalls(found) : found;
    if (delivery.reach !== 'learn') await send({ finding, updatedAt, delivery, runbookUrl });
    const { id, type, severity, status, firstSeen, archivedBecause } = finding;
    const { mode, lastPublished } = delivery;
    const change = changeIn(finding, delivery);
    meter.count(METRICS[change], 1, { mode });
    const what = { id, type, severity, status, firstSeen, archivedBecause, mode, before: lastPublished };
    log.info(delivery.reach === 'learn' && change !== 'findingsSuppressed' ? 'would report' : 'reported', {
      change,
      ...what,
    });
  };
}

const UNSEEN = 'its calls do not arrive: the deployed rules forward none (`forwardAll` or a trail does).';

function withUnseenCalls(finding: Finding): Finding {
  return { ...finding, evidence: finding.evidence.map((line) => line.replace(NO_CALL_SEEN, UNSEEN)) };
}

type Change = 'findingsConfirmed' | 'findingsUpdated' | 'findingsWithdrawn' | 'findingsSuppressed';

/** The change since the finding was last published, as the name of its metric. */
export function changeIn(
  { status }: Pick<Finding, 'status'>,
  { lastPublished }: Pick<Delivery, 'lastPublished'>,
): Change {
  const wasActive = lastPublished?.status === 'ACTIVE';
  if (status === 'ACTIVE') return wasActive ? 'findingsUpdated' : 'findingsConfirmed';
  return wasActive ? 'findingsWithdrawn' : 'findingsSuppressed';
}
