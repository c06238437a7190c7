import { isoTime } from '../model/event-time';
import type { Posture } from './posture';
import { compareText } from '../model/compare-text';

const DAY = 86_400_000;

/** One instance whose keys were got by IMDSv1. */
export interface ExposedInstance {
  readonly instance: string;
  /** Null if unknown. */
  readonly region: string | null;
  /** Epoch milliseconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly userAgents: readonly string[];
  /** True where only calls that findings are about used them. */
  readonly onlySuspected: boolean;
}

/** A role whose credentials are handed out by IMDSv1: one finding for all its instances. */
export interface RoleExposure {
  /** Stable: `credlock/posture/<partition>/<account>/<role>`. */
  readonly id: string;
  readonly partition: string;
  readonly account: string;
  readonly role: string;
  /** Those seen within the quiet days, latest first, at most 20; all of them where none was. */
  readonly instances: readonly ExposedInstance[];
  readonly instancesLeftOut: number;
  readonly status: 'ACTIVE' | 'ARCHIVED';
  /** A clause: `no keys … for 30 days`; null while it is active. */
  readonly archivedBecause: string | null;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface Quiet {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The setting `postureQuietDays`. */
  readonly quietDays: number;
}

const MOST_INSTANCES = 20;

/** The exposure of one role. Of several sightings of an instance the latest counts. */
export function roleExposureOf(
  { partition, account, role }: Pick<Posture, 'partition' | 'account' | 'role'>,
  seen: readonly ExposedInstance[],
  { now, quietDays }: Quiet,
): RoleExposure {
  const latestFirst = [...seen].sort((a, b) => b.lastSeen - a.lastSeen || compareText(a.instance, b.instance));
  const since = now - quietDays * DAY;
  const exposed = latestFirst.filter(({ lastSeen }) => lastSeen > since);
  const listed = exposed.length > 0 ? exposed : latestFirst;
  return {
    id: `credlock/posture/${partition}/${account}/${role}`,
    partition,
    account,
    role,
    instances: listed.slice(0, MOST_INSTANCES),
    instancesLeftOut: Math.max(0, listed.length - MOST_INSTANCES),
    status: exposed.length > 0 ? 'ACTIVE' : 'ARCHIVED',
    archivedBecause: exposed.length > 0 ? null : `no keys of the role were got by IMDSv1 for ${quietDays} days`,
    firstSeen: isoTime(Math.min(...seen.map(({ firstSeen }) => firstSeen))),
    lastSeen: isoTime(Math.max(...seen.map(({ lastSeen }) => lastSeen))),
  };
}

/** The exposures of all roles that used IMDSv1, by account and role. */
export function roleExposuresOf(postures: readonly Posture[], quiet: Quiet): RoleExposure[] {
  const byRole = new Map<string, { readonly of: Posture; readonly seen: ExposedInstance[] }>();
  for (const posture of postures) {
    const { partition, account, role, instance, region, imdsV1, standing } = posture;
    if (!imdsV1) continue;
    const key = `${partition}/${account}/${role}`;
    const kept = byRole.get(key) ?? { of: posture, seen: [] };
    byRole.set(key, kept);
    kept.seen.push({
      instance,
      region,
      firstSeen: Date.parse(imdsV1.firstSeen),
      lastSeen: Date.parse(imdsV1.lastSeen),
      userAgents: imdsV1.userAgents,
      onlySuspected: standing === 'imdsv1-suspected',
    });
  }
  return [...byRole.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { of, seen }]) => roleExposureOf(of, seen, quiet));
}

/** Title (under 256 characters) and description (under 1,024) of a role's exposure. */
export function wordsOfExposure({ role, account, instances, instancesLeftOut, archivedBecause }: RoleExposure): {
  title: string;
  description: string;
} {
  const count = instances.length + instancesLeftOut;
  const instance = count === 1 ? (instances[0]?.instance ?? 'an instance') : `${count} instances`;
  const needed = instances.filter(({ onlySuspected }) => !onlySuspected).length + instancesLeftOut;
  const why =
    needed === 0
      ? 'Only calls that credlock has findings about used them: the instances allow IMDSv1 and need none.'
      : `Anyone who can make an application on the instance fetch a URL can read these credentials. They are used by ${agentsOf(instances)}.`;
  const withdrawn = archivedBecause === null ? '' : `Withdrawn: ${archivedBecause}. `;
  return {
    title: `Role ${shortened(role, 64)} in account ${account} gets keys by IMDSv1 on ${instance}`,
    description: `${withdrawn}Keys of role ${shortened(role, 64)} were handed out without a token (IMDSv1) on ${instances
      .slice(0, 5)
      .map((one) => one.instance)
      .join(', ')}${count > 5 ? ` and ${count - 5} more` : ''}. ${why}`,
  };
}

export const EXPOSURE_ADVICE =
  'Update what calls with these keys so that it uses IMDSv2, require IMDSv2 on the instance (HttpTokens=required), and then switch on the guardrails: see the runbook.';

function agentsOf(instances: readonly ExposedInstance[]): string {
  const agents = [...new Set(instances.flatMap(({ userAgents }) => userAgents))].sort();
  if (agents.length === 0) return 'nothing that names itself';
  const listed = agents.slice(0, 3).map((agent) => `"${shortened(agent, 80)}"`);
  return `${listed.join(', ')}${agents.length > 3 ? ` and ${agents.length - 3} more` : ''}`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
