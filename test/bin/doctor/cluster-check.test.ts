import { faultOf } from '../../../bin/doctor/cluster-check';
import type { ClusterRow } from '../../../lambda/store/cluster-rows';

const ROW: ClusterRow = {
  account: '111122223333',
  region: 'eu-west-1',
  name: 'shop',
  agent: null,
  state: 'subscribed',
  reason: null,
  checked: '2026-09-01T12:00:00Z',
};

test.each<[Partial<ClusterRow>, string | null]>([
  [{}, null],
  [{ state: 'not-wanted' }, null],
  [
    { state: 'no-audit-log' },
    'cluster shop (111122223333 eu-west-1) writes no audit log: switch on the type "audit" of its control plane logs',
  ],
  [
    { state: 'no-log-group' },
    'cluster shop (111122223333 eu-west-1) is not subscribed: its log group does not exist yet',
  ],
  [
    { state: 'quota-full' },
    'cluster shop (111122223333 eu-west-1) is not subscribed: its log group has as many subscription filters as CloudWatch Logs allows',
  ],
  [
    { state: 'refused', reason: 'AccessDenied: no' },
    'cluster shop (111122223333 eu-west-1) is not subscribed: AccessDenied: no',
  ],
  [
    { agent: 'falco', state: 'quota-full' },
    "Falco's log group of cluster shop (111122223333 eu-west-1) is not subscribed: it has as many subscription filters as CloudWatch Logs allows",
  ],
  [{ agent: 'tetragon' }, null],
  [
    { state: 'not-removed', reason: 'AccessDenied: no' },
    'cluster shop (111122223333 eu-west-1) is no longer read, but may still be subscribed: AccessDenied: no',
  ],
  [
    { name: null, state: 'not-removed', reason: 'AccessDenied: no' },
    'subscriptions in 111122223333 eu-west-1, where no cluster is read any more, cannot be removed: AccessDenied: no',
  ],
  [
    { name: null, state: 'refused', reason: 'AccessDenied: no' },
    'clusters in 111122223333 eu-west-1 cannot be listed: AccessDenied: no',
  ],
])('%j', (row, fault) => {
  expect(faultOf({ ...ROW, ...row })).toBe(fault);
});
