import { severityOf } from '../../detection/findings/finding-types';
import { isoTime } from '../../detection/model/event-time';
import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import { WHOLE_CLUSTER, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { pathText, requestName, succeeded } from '../request';
import { tacticOf } from '../tactic';

export const ANONYMOUS = 'system:anonymous';
const READS: ReadonlySet<string | null> = new Set(['get', 'head', 'options', null]);

/** Successful requests without credentials, except reading what is public. */
export function anonymousAccess(event: AuditEvent, settings: KubernetesSettings): Found | null {
  if (event.user.username !== ANONYMOUS || !succeeded(event)) return null;
  const path = pathText(event.requestUri);
  if (READS.has(event.verb) && isPublic(path, settings.anonymousPaths)) return null;
  const tactic = tacticOf(event);
  const reason = event.annotations['authorization.k8s.io/reason'] ?? '';
  const day = isoTime(event.time).slice(0, 10);
  return {
    type: 'SuccessfulAnonymousAccess',
    severity: severityOf('SuccessfulAnonymousAccess', tactic === 'Discovery'),
    what: `${tactic}/${day}`,
    object: WHOLE_CLUSTER,
    title: `successful anonymous access (${tactic}): ${objectText(event)}`,
    done: `was allowed to ${objectText(event)} without credentials`,
    attributes: { tactic },
    evidence: [
      `The request by ${ANONYMOUS} was answered with ${event.status}.`,
      ...(reason === '' ? [] : [`The authorizer’s reason: ${reason}.`]),
    ],
    ruledOut: [
      { explanation: 'refused-request', because: `the API server answered with ${event.status}` },
      { explanation: 'public-path', because: publicText(event, path) },
    ],
  };
}

function publicText({ verb }: AuditEvent, path: string): string {
  return READS.has(verb)
    ? `${path} is not one of anonymousPaths`
    : `anonymousPaths may only be read by get, and this is ${verb}`;
}

/** By the path as the API server reads it, so that `/healthz/../api` is `/api`. */
function isPublic(path: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === pathText(one)));
}

/** `get pods shop/web` */
function objectText(event: AuditEvent): string {
  const { object } = event;
  const named = [object?.namespace, object?.name].filter(Boolean).join('/');
  return `${requestName(event)}${named === '' ? '' : ` ${named}`}`;
}
