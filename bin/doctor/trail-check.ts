import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type AdvancedEventSelector,
  type EventSelector,
} from '@aws-sdk/client-cloudtrail';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { messageOf } from '../terminal/error-message';
import type { SessionKeys } from '../../lambda/adapters/sts/limited-sessions';

/** The management events that a trail records. */
export interface Recorded {
  readonly reads: boolean;
  readonly writes: boolean;
  /** Excluded services or calls. */
  readonly except: readonly string[];
}

/** A trail that covers a Region. */
export interface TrailSeen {
  readonly name: string;
  readonly isLogging: boolean;
  /** Null if it cannot be read, as an organisation's trail from a member account. */
  readonly recorded: Recorded | null;
}

/** The trails that record the calls of an account in a Region. */
export async function trailsOf(region: string, credentials: SessionKeys | undefined): Promise<TrailSeen[]> {
  const client = new CloudTrailClient({ ...CLIENT_SETTINGS, region, ...(credentials && { credentials }) });
  try {
    const { trailList: trails = [] } = await client.send(new DescribeTrailsCommand({}));
    const covering = trails.filter(({ IsMultiRegionTrail, HomeRegion }) => IsMultiRegionTrail || HomeRegion === region);
    return await Promise.all(covering.map(({ Name = '', TrailARN }) => trailSeen(client, Name, TrailARN ?? Name)));
  } finally {
    client.destroy();
  }
}

/** The reason these trails do not give the detector all read and write events; null if they do. */
export function trailFault(trails: readonly TrailSeen[]): string | null {
  if (trails.length === 0) return 'no trail covers this Region: CloudTrail sends no events to EventBridge';
  const logging = trails.filter(({ isLogging }) => isLogging);
  if (logging.length === 0) return `${namesOf(trails)}: logging is off`;
  const known = logging.flatMap(({ recorded }) => recorded ?? []);
  if (known.length < logging.length || known.some(({ reads, writes }) => reads && writes)) return null;
  const lacks = known.some(({ reads }) => reads) ? 'write' : known.some(({ writes }) => writes) ? 'read' : '';
  return `${namesOf(logging)}: ${lacks === '' ? 'no' : `no ${lacks}`} management events are recorded`;
}

/** Events that none of the trails records. */
export function trailGaps(trails: readonly TrailSeen[]): string[] {
  const whole = trails.flatMap(({ isLogging, recorded }) => (isLogging && recorded ? [recorded.except] : []));
  const [first = [], ...others] = whole;
  return first.filter((one) => others.every((except) => except.includes(one)));
}

async function trailSeen(client: CloudTrailClient, name: string, arn: string): Promise<TrailSeen> {
  const { IsLogging: isLogging = false } = await client.send(new GetTrailStatusCommand({ Name: arn }));
  return { name, isLogging, recorded: await recordedBy(client, arn) };
}

async function recordedBy(client: CloudTrailClient, arn: string): Promise<Recorded | null> {
  try {
    const { EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] } = await client.send(
      new GetEventSelectorsCommand({ TrailName: arn }),
    );
    return joined([...basic.flatMap(ofBasic), ...advanced.flatMap(ofAdvanced)]);
  } catch (error) {
    // Only the management account can read an organisation's trail.
    if (/NotFound|denied|not authorized|organization/i.test(messageOf(error))) return null;
    throw error;
  }
}

function joined(parts: readonly Recorded[]): Recorded {
  return {
    reads: parts.some(({ reads }) => reads),
    writes: parts.some(({ writes }) => writes),
    except: parts.flatMap(({ except }) => except),
  };
}

function ofBasic({ IncludeManagementEvents, ReadWriteType, ExcludeManagementEventSources }: EventSelector): Recorded[] {
  if (IncludeManagementEvents === false) return [];
  const type = ReadWriteType ?? 'All';
  return [{ reads: type !== 'WriteOnly', writes: type !== 'ReadOnly', except: ExcludeManagementEventSources ?? [] }];
}

function ofAdvanced({ FieldSelectors: fields = [] }: AdvancedEventSelector): Recorded[] {
  const isManagement = fields.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management'));
  if (!isManagement) return [];
  const readOnly = fields.find(({ Field }) => Field === 'readOnly')?.Equals;
  const others = fields.filter(({ Field }) => Field !== 'eventCategory' && Field !== 'readOnly');
  const except = others.map(({ Field = '', NotEquals }) => NotEquals?.join(', ') ?? `all but some ${Field}`);
  return [{ reads: readOnly?.includes('true') ?? true, writes: readOnly?.includes('false') ?? true, except }];
}

function namesOf(trails: readonly TrailSeen[]): string {
  return trails.map(({ name }) => name).join(', ');
}
