import type { Impact } from './call-impact';
import { takenIn, type CallGroup } from './taken';
import type { Finding } from '../model/finding';

/** Of one and of several. */
const PHRASES: readonly (readonly [Impact, one: string, several: string])[] = [
  ['secret', 'secret read', 'secrets read'],
  ['data', 'data store read', 'data stores read'],
  ['privilege', 'privilege gained or changed', 'privileges gained or changed'],
  ['role', 'role assumed', 'roles assumed'],
  ['console', 'console session', 'console sessions'],
  ['change', 'other change', 'other changes'],
];

/** `3 secrets read, 2 console sessions, 1 role assumed`; the gravest first. */
export function takenText(findings: readonly Pick<Finding, 'events' | 'related'>[]): string {
  const taken = takenIn(findings);
  const parts = PHRASES.flatMap(([impact, one, several]) => {
    const { size } = taken[impact];
    return size === 0 ? [] : [`${size} ${size === 1 ? one : several}`];
  });
  return parts.length > 0 ? parts.join(', ') : 'nothing but lists and descriptions, as far as the records show';
}

/** `s3:GetObject ×7 customer-exports`, with the errors of failed calls. */
export function callGroupText({ action, resource, calls, failed, errors }: CallGroup): string {
  const times = calls > 1 ? ` ×${calls}` : '';
  const about = resource === null ? '' : ` ${shortResource(resource)}`;
  if (failed === 0) return `${action}${times}${about}`;
  return `${action}${times}${about} (${failed === calls ? '' : `${failed} failed: `}${errors.join(', ')})`;
}

/** ARNs without partition, service, Region and account. */
function shortResource(resource: string): string {
  return resource.replaceAll(/arn:[\w-]+:[\w-]+:[\w-]*:\d*:(?:secret:|policy\/)?/g, '');
}
