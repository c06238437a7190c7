import { severityOf } from '../../detection/findings/finding-types';
import { objectName, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { bindingGroup, holdsDefaultAccount, readBinding, subjectText, type Binding } from '../bindings';
import { isStored } from '../request';
import { manifestText } from './anonymous-access-granted';
import { deletedBinding } from './deleted-binding';

const ADMIN_ROLES: ReadonlySet<string> = new Set(['cluster-admin', 'admin']);

/** Bindings that make the account which pods get by default an administrator. */
export function adminDefaultAccount(event: AuditEvent): Found | null {
  const binding = readBinding(event);
  if (!binding) return null;
  if (event.verb === 'delete') return deletedBinding('AdminAccessToDefaultServiceAccount', event, binding);
  const { role, kind } = binding;
  const subjects = binding.subjects.filter(holdsDefaultAccount);
  if (subjects.length === 0 || !isAdmin(role) || !isStored(event)) return null;
  const whom = subjects.map(subjectText).join(' and ');
  const isWeak = role.name === 'admin' && kind === 'RoleBinding';
  const where = kind === 'RoleBinding' ? `in namespace ${binding.namespace ?? 'unknown'}` : 'in the whole cluster';
  return {
    type: 'AdminAccessToDefaultServiceAccount',
    severity: severityOf('AdminAccessToDefaultServiceAccount', isWeak),
    what: bindingGroup(binding),
    object: binding,
    title: `${whom} was given ${role.name} by ${kind} ${objectName(binding)}`,
    done: `gave ${role.name} ${where} to ${whom} by ${kind} ${objectName(binding)}`,
    attributes: { role: role.name },
    evidence: [
      `The ${manifestText(event)} names ${whom} as a subject of ClusterRole ${role.name}, which holds ${where}.`,
    ],
    ruledOut: [
      { explanation: 'refused-request', because: `the API server answered with ${event.status}` },
      { explanation: 'account-of-its-own', because: `${whom} is what pods get that name no service account` },
    ],
  };
}

function isAdmin(role: Binding['role']): role is NonNullable<Binding['role']> {
  return role?.kind === 'ClusterRole' && ADMIN_ROLES.has(role.name);
}
