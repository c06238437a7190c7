import { severityOf } from '../../detection/findings/finding-types';
import type { ActObject, Found } from '../act';
import { objectName } from '../act';
import type { AuditEvent } from '../audit-event';
import { holdsDefaultAccount, readBinding } from '../bindings';
import { callerOf } from '../caller';
import { workloadResource } from '../pod-templates';
import { isDryRun, isWrite } from '../request';

/** Objects that the audit log shows too little of for the other rules. */
export function unreadableManifest(event: AuditEvent): Found | null {
  const { status, allowed } = event;
  const missing = missingPart(event);
  if (missing === null || !isWrite(event) || isDryRun(event)) return null;
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
    evidence: [missing],
    ruledOut: [
      { explanation: 'refused-request', because: answerText(status) },
      { explanation: 'controller', because: `${event.user.username ?? 'the caller'} is no part of the control plane` },
    ],
  };
}

function missingPart(event: AuditEvent): string | null {
  if (event.truncated && !isWhole(event))
    return 'The record was truncated: privileges, mounts, subjects and exposure of the object are not known.';
  if (hidesRole(event))
    return 'The patch names the default service account, and its client asked for an answer without the object: which role the binding gives is not known.';
  return null;
}

/** Clients may ask for an answer that is not the stored object. The role of a binding cannot be changed, so no patch names it. */
function hidesRole(event: AuditEvent): boolean {
  if (event.verb !== 'patch' || event.manifestFrom !== 'request') return false;
  const binding = readBinding(event);
  return binding !== null && binding.role === null && binding.subjects.some(holdsDefaultAccount);
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
