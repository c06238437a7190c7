import { severityOf } from '../../detection/findings/finding-types';
import { objectName, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { bindingGroup, readBinding, subjectText, type Binding, type BindingSubject } from '../bindings';
import { isStored } from '../request';
import { deletedBinding } from './deleted-binding';
import { ANONYMOUS } from './anonymous-access';

const UNAUTHENTICATED = 'system:unauthenticated';

/** Bindings that give a role to requests without credentials. */
export function anonymousAccessGranted(event: AuditEvent): Found | null {
  const binding = readBinding(event);
  if (!binding) return null;
  if (event.verb === 'delete') return deletedBinding('AnonymousAccessGranted', event, binding);
  const subjects = binding.subjects.filter(isAnyone);
  if (subjects.length === 0 || !isStored(event) || isBuiltIn(binding, event)) return null;
  const role = binding.role?.name ?? 'an unknown role';
  const whom = subjects.map(subjectText).join(' and ');
  return {
    type: 'AnonymousAccessGranted',
    severity: severityOf('AnonymousAccessGranted'),
    what: bindingGroup(binding),
    object: binding,
    title: `requests without credentials were given ${role} by ${binding.kind} ${objectName(binding)}`,
    done: `gave ${role} to ${whom} by ${binding.kind} ${objectName(binding)}`,
    attributes: { role },
    evidence: [`The ${manifestText(event)} names ${whom} as a subject of ${binding.role?.kind ?? 'role'} ${role}.`],
    ruledOut: [
      { explanation: 'refused-request', because: `the API server answered with ${event.status}` },
      {
        explanation: 'built-in-binding',
        because: `${objectName(binding)} by ${event.user.username} is none of Kubernetes’ own`,
      },
    ],
  };
}

function isAnyone({ kind, name }: BindingSubject): boolean {
  return (kind === 'User' && name === ANONYMOUS) || (kind === 'Group' && name === UNAUTHENTICATED);
}

/** The API server keeps one for version and health; kubeadm makes one for nodes that join. */
function isBuiltIn({ kind, namespace, name, role }: Binding, { user }: AuditEvent): boolean {
  if (kind === 'ClusterRoleBinding')
    return name === 'system:public-info-viewer' && user.username === 'system:apiserver' && user.awsArn === null;
  const joining = 'kubeadm:bootstrap-signer-clusterinfo';
  return namespace === 'kube-public' && name === joining && role?.kind === 'Role' && role.name === joining;
}

/** The object that was judged. */
export function manifestText({ manifestFrom }: AuditEvent): string {
  return manifestFrom === 'response' ? 'stored object' : 'request';
}
