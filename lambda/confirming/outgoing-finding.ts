import * as z from 'zod';
import { FINDING_TYPES, SEVERITIES, type Finding } from '../detection/model/finding';
import { SINK_NAMES, type SinkName } from '../detection/vocabulary';
import { METRICS } from '../environment';
import { findingSchema } from '../store/finding-schema';
import type { Log, Meter } from '../telemetry';
import type { Delivery, Publish } from './reconcile-findings';

/** A finding on its way to the sinks. */
export interface OutgoingFinding {
  readonly finding: Finding;
  /** Epoch milliseconds; of two sayings of one finding the later counts. */
  readonly updatedAt: number;
  readonly how: Delivery;
  readonly runbookUrl: string;
  /** Those that have not taken it yet. @default all */
  readonly sinks?: readonly SinkName[] | undefined;
}

const MODE = z.enum(['learn', 'report', 'live']);
const OUTGOING_FINDING = z.object({
  finding: findingSchema,
  updatedAt: z.number(),
  how: z.object({
    mode: MODE,
    reach: MODE,
    behind: z.nullable(z.string()),
    alone: z.boolean(),
    told: z.nullable(
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

/** Reads what `JSON.stringify` made of one. Throws where it is none. */
export function parseOutgoingFinding(text: string): OutgoingFinding {
  return OUTGOING_FINDING.parse(JSON.parse(text));
}

export interface PublishDependencies {
  /** Sends a saying to the sinks; resolves when it is safely under way. */
  readonly send: (saying: OutgoingFinding) => Promise<void>;
  readonly runbookUrl: string;
  readonly log: Log;
  readonly meter: Meter;
}

/** Counts every finding that is new, changed or withdrawn, and sends on what its mode lets be said. */
export function publishWith({ send, runbookUrl, log, meter }: PublishDependencies): Publish {
  return async (finding, updatedAt, how) => {
    if (how.reach !== 'learn') await send({ finding, updatedAt, how, runbookUrl });
    const { id, type, severity, status, firstSeen, archivedBecause } = finding;
    const { mode, told } = how;
    const news = newsIn(finding, how);
    meter.count(METRICS[news], 1, { mode });
    const what = { id, type, severity, status, firstSeen, archivedBecause, mode, before: told };
    log.info(how.reach === 'learn' && news !== 'findingsSuppressed' ? 'would say' : 'said', { news, ...what });
  };
}

type News = 'findingsConfirmed' | 'findingsUpdated' | 'findingsWithdrawn' | 'findingsSuppressed';

/** What a finding that is said means to whoever heard the last of it. */
export function newsIn({ status }: Pick<Finding, 'status'>, { told }: Pick<Delivery, 'told'>): News {
  const wasActive = told?.status === 'ACTIVE';
  if (status === 'ACTIVE') return wasActive ? 'findingsUpdated' : 'findingsConfirmed';
  return wasActive ? 'findingsWithdrawn' : 'findingsSuppressed';
}
