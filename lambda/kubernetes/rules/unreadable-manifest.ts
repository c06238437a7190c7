import { severityOf } from '../../detection/findings/finding-types';
import type { ActObject, Found } from '../act';
import { objectName } from '../act';
import type { AuditEvent } from '../audit-event';
import { readBinding } from '../bindings';
import { callerOf } from '../caller';
import { workloadResource } from '../pod-templates';
import { isDryRun, isWrite } from '../request';

/** Objects too large for the audit log, which no rule could read. */
export function unreadableManifest(event: AuditEvent): Found | null {
  const { truncated, status, allowed } = event;
  if (!truncated || isWhole(event) || !isWrite(event) || isDryRun(event)) return null;
  const isRefused = allowed === false || (status !== null && status >= 300);
  const object = judgedObject(event);
  if (isRefused || !object || callerOf(event).isController) return null;
  const named = `${object.kind} ${objectName(object) || 'of unknown name'}`;
  return {
    type: 'UnreadableManifest',
    severity: severityOf('UnreadableManifest'),
    what: `${object.kind}/${objectName(object)}`,
    object,
    title: `the manifest of ${named} is not in the audit log`,
    done: `stored ${named}, whose manifest is not in the audit log`,
    attributes: {},
    evidence: ['The record was truncated: privileges, mounts, subjects and exposure of the object are not known.'],
    ruledOut: [
      { explanation: 'refused-request', because: answerText(status) },
      { explanation: 'controller', because: `${event.user.username ?? 'the caller'} is no part of the control plane` },
    ],
  };
}

/** A patch shows only what it changed, and may take its effect from what was stored before. */
function isWhole({ verb, manifest, manifestFrom }: AuditEvent): boolean {
  return manifest !== null && (verb !== 'patch' || manifestFrom === 'response');
}

function answerText(status: number | null): string {
  return status === null ? 'the record is cut before the answer' : `the API server answered with ${status}`;
}

/** Resources that the other rules read, besides workloads and bindings. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['persistentvolumes', 'PersistentVolume'],
  ['services', 'Service'],
]);

function judgedObject(event: AuditEvent): (ActObject & { readonly kind: string }) | null {
  const { object } = event;
  if (!object) return null;
  const other = object.subresource === null ? OTHERS.get(object.resource) : undefined;
  const kind = workloadResource(event)?.kind ?? readBinding(event)?.kind ?? other;
  return kind === undefined ? null : { kind, namespace: object.namespace, name: object.name };
}
