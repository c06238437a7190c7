import { field, record, text } from '../detection/model/json-field';
import type { AuditEvent } from './audit-event';
import { listOf } from './manifest-list';
import { readManifest } from './patch-operations';

export interface BindingSubject {
  /** `User`, `Group` or `ServiceAccount`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
}

/** A RoleBinding or ClusterRoleBinding as it was stored. */
export interface Binding {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uid: string | null;
  /** Null in a patch that does not name it. */
  readonly role: { readonly kind: string; readonly name: string } | null;
  readonly subjects: readonly BindingSubject[];
}

const KINDS: ReadonlyMap<string, Binding['kind']> = new Map([
  ['rolebindings', 'RoleBinding'],
  ['clusterrolebindings', 'ClusterRoleBinding'],
]);
const GROUP = 'rbac.authorization.k8s.io';

/** The binding a request is about; null for any other object. Of a deletion only the name and uid are known. */
export function readBinding({ object, manifest }: Pick<AuditEvent, 'object' | 'manifest'>): Binding | null {
  const kind = KINDS.get(object?.resource ?? '');
  if (!object || !kind || object.subresource !== null || (object.apiGroup ?? GROUP) !== GROUP) return null;
  const stored = readManifest(manifest);
  const metadata = record(stored, 'metadata');
  return {
    kind,
    namespace: kind === 'RoleBinding' ? (object.namespace ?? text(metadata, 'namespace')) : null,
    name: object.name ?? text(metadata, 'name'),
    uid: text(metadata, 'uid') ?? object.uid,
    role: roleIn(stored),
    subjects: listOf(field(stored, 'subjects')).map(subjectOf),
  };
}

function roleIn(stored: unknown): Binding['role'] {
  const role = record(stored, 'roleRef');
  return role && { kind: text(role, 'kind') ?? '', name: text(role, 'name') ?? '' };
}

function subjectOf(subject: unknown): BindingSubject {
  return {
    kind: text(subject, 'kind') ?? '',
    name: text(subject, 'name') ?? '',
    namespace: text(subject, 'namespace'),
  };
}

/** `group system:unauthenticated`, `service account default/default` */
export function subjectText({ kind, name, namespace }: BindingSubject): string {
  if (kind === 'ServiceAccount') return `service account ${[namespace, name].filter(Boolean).join('/')}`;
  return `${kind === 'Group' ? 'group' : 'user'} ${name}`;
}

/** Of one binding, as long as it is not deleted. */
export function bindingGroup({ kind, namespace, name, uid }: Binding): string {
  return `${kind}/${namespace ?? ''}/${name ?? ''}/${uid ?? ''}`;
}

const DEFAULT_USER = /^system:serviceaccount:[^:]+:default$/;
const ALL_ACCOUNTS = /^system:serviceaccounts(?::[^:]+)?$/;

/** The service account `default` by itself, by its user name, or by a group of all service accounts. */
export function holdsDefaultAccount({ kind, name }: BindingSubject): boolean {
  if (kind === 'ServiceAccount') return name === 'default';
  return kind === 'User' ? DEFAULT_USER.test(name) : kind === 'Group' && ALL_ACCOUNTS.test(name);
}
