import type { KubernetesFindingType } from '../../detection/model/finding';
import { objectName, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { bindingGroup, type Binding } from '../bindings';
import { isDryRun, succeeded } from '../request';

/** The deletion of a binding that may have been reported. It is added to that finding, which stays as severe as it was. */
export function deletedBinding(type: KubernetesFindingType, event: AuditEvent, binding: Binding): Found | null {
  if (!succeeded(event) || isDryRun(event) || binding.name === null) return null;
  const done = `deleted ${binding.kind} ${objectName(binding)}`;
  return {
    type,
    severity: null,
    what: bindingGroup(binding),
    object: binding,
    title: done,
    done,
    attributes: {},
    evidence: [],
    ruledOut: [],
  };
}
