import type { AuditEvent } from './audit-event';

/** Tactics of MITRE ATT&CK, as GuardDuty writes them in its types. */
export const TACTICS = ['CredentialAccess', 'DefenseEvasion', 'Discovery', 'Impact', 'Persistence'] as const;
export type Tactic = (typeof TACTICS)[number];

const REVIEWS = /^(?:tokenreviews|self\w+reviews|(?:local)?subjectaccessreviews)$/;
const CHANGES: ReadonlySet<string | null> = new Set(['create', 'update', 'patch']);
const DELETIONS: ReadonlySet<string | null> = new Set(['delete', 'deletecollection']);
const CONNECTIONS: ReadonlySet<string> = new Set(['pods/exec', 'pods/attach', 'pods/portforward', 'nodes/proxy']);
/** Deleting them removes traces and sensors. */
const WATCHERS: ReadonlySet<string> = new Set(['events', 'daemonsets']);

/** The tactic a request would serve; a request whose verb is not known counts as reading. */
export function tacticOf({ verb, object }: Pick<AuditEvent, 'verb' | 'object'>): Tactic {
  if (!object) return 'Discovery';
  const { resource, subresource } = object;
  if (CONNECTIONS.has(`${resource}/${subresource ?? ''}`)) return 'Impact';
  if (DELETIONS.has(verb)) return WATCHERS.has(resource) ? 'DefenseEvasion' : 'Impact';
  if (resource === 'serviceaccounts' && subresource === 'token') return 'CredentialAccess';
  if (CHANGES.has(verb)) return REVIEWS.test(resource) ? 'Discovery' : 'Persistence';
  return resource === 'secrets' ? 'CredentialAccess' : 'Discovery';
}
