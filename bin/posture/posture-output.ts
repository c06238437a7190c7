import { postureAsffOf } from '../../lambda/adapters/security-hub/posture-asff';
import { cidrSet } from '../../lambda/detection/model/address';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import { postureOf, type Posture } from '../../lambda/detection/posture/posture';
import { roleExposuresOf } from '../../lambda/detection/posture/role-exposure';
import { newestTime } from '../../lambda/detection/facts/retention';
import type { Settings } from '../../lambda/detection/model/settings';
import type { SuspectOrigins } from '../../lambda/detection/posture/suspect-origins';
import { toStandardOutput } from '../files/write-output';
import { postureTable } from './posture-table';

export interface PostureRequest {
  readonly format: 'table' | 'jsonl' | 'asff' | 'html';
  readonly out?: string;
  /** 12 digits. */
  readonly asffAccount?: string;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
}

/** Who gets keys by which version of the instance metadata service, piece by piece; "now" is the newest record's time. */
export function postureOutput(
  facts: FactSet,
  suspects: SuspectOrigins,
  request: PostureRequest & Pick<Settings, 'privateNetworks' | 'postureQuietDays' | 'runbookUrl'>,
  colours: boolean,
): Iterable<string> {
  const { format, out } = request;
  const postures = posturesIn(facts, suspects, request);
  if (format === 'jsonl') return postures.map((posture) => `${JSON.stringify(posture)}\n`);
  if (format === 'asff') return [asffDocument(postures, newestTime(facts), request)];
  return postureTable(postures, (toStandardOutput(out) ? process.stdout.columns : null) ?? 100, colours);
}

/** As the facts and the findings tell them, of the time that is asked about. */
export function posturesIn(
  facts: FactSet,
  suspects: SuspectOrigins,
  { privateNetworks, since, until }: Pick<PostureRequest, 'since' | 'until'> & Pick<Settings, 'privateNetworks'>,
): Posture[] {
  return postureOf(facts, {
    privateNetworks: cidrSet(privateNetworks),
    isSuspect: (workload, origin) => suspects.has(workload, origin),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  });
}

/** Where a role's instances name no Region. */
const SOMEWHERE: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

function asffDocument(
  postures: readonly Posture[],
  now: number,
  { asffAccount, postureQuietDays: quietDays, runbookUrl }: Parameters<typeof postureOutput>[2],
): string {
  const exposures = roleExposuresOf(postures, { now, quietDays }).filter(({ status }) => status === 'ACTIVE');
  const asff = exposures.map((exposure) =>
    postureAsffOf(exposure, {
      account: asffAccount ?? exposure.account,
      region: exposure.instances[0]?.region ?? SOMEWHERE[exposure.partition] ?? 'us-east-1',
      partition: exposure.partition,
      updatedAt: exposure.lastSeen,
      runbookUrl,
    }),
  );
  return `${JSON.stringify(asff, null, 2)}\n`;
}
