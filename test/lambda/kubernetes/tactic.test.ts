import type { AuditObject } from '../../../lambda/kubernetes/audit-event';
import { tacticOf } from '../../../lambda/kubernetes/tactic';

/** `pods/exec` of no API group in particular. */
function object(text: string): AuditObject {
  const [resource = '', subresource = null] = text.split('/');
  return { resource, subresource, apiGroup: null, namespace: 'shop', name: 'web', uid: null };
}

test.each([
  ['list', 'pods', 'Discovery'],
  ['watch', 'configmaps', 'Discovery'],
  [null, 'pods', 'Discovery'],
  ['propfind', 'pods', 'Discovery'],
  ['create', 'selfsubjectaccessreviews', 'Discovery'],
  ['create', 'selfsubjectrulesreviews', 'Discovery'],
  ['create', 'localsubjectaccessreviews', 'Discovery'],
  ['create', 'subjectaccessreviews', 'Discovery'],
  ['create', 'tokenreviews', 'Discovery'],
  ['get', 'secrets', 'CredentialAccess'],
  ['list', 'secrets', 'CredentialAccess'],
  [null, 'secrets', 'CredentialAccess'],
  ['create', 'serviceaccounts/token', 'CredentialAccess'],
  ['create', 'secrets', 'Persistence'],
  ['patch', 'daemonsets', 'Persistence'],
  ['update', 'clusterrolebindings', 'Persistence'],
  ['create', 'namespaces', 'Persistence'],
  ['create', 'productreviews', 'Persistence'],
  ['delete', 'events', 'DefenseEvasion'],
  ['deletecollection', 'events', 'DefenseEvasion'],
  ['delete', 'daemonsets', 'DefenseEvasion'],
  ['delete', 'deployments', 'Impact'],
  ['deletecollection', 'pods', 'Impact'],
  ['delete', 'secrets', 'Impact'],
  ['get', 'pods/exec', 'Impact'],
  ['create', 'pods/attach', 'Impact'],
  [null, 'pods/portforward', 'Impact'],
  ['get', 'nodes/proxy', 'Impact'],
  ['get', 'pods/log', 'Discovery'],
])('%s %s is %s', (verb, text, tactic) => {
  expect(tacticOf({ verb, object: object(text) })).toBe(tactic);
});

test('a path without an object is Discovery', () => {
  expect(tacticOf({ verb: 'delete', object: null })).toBe('Discovery');
});
