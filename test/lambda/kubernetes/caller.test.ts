import { callerOf, callerText } from '../../../lambda/kubernetes/caller';
import { auditEvent } from './audit-records';

const ACCOUNT = '111122223333';

function caller(username: string, arn?: string, impersonated?: string) {
  return callerOf(
    auditEvent({
      user: { username, extra: arn === undefined ? {} : { arn: [arn], accessKeyId: ['ASIAEXAMPLEEXAMPLE00'] } },
      ...(impersonated !== undefined && { impersonatedUser: { username: impersonated } }),
    }),
  );
}

test.each([
  'system:kube-controller-manager',
  'system:apiserver',
  'system:serviceaccount:kube-system:replicaset-controller',
  'system:serviceaccount:kube-system:daemon-set-controller',
  'eks:addon-manager',
])('%s is a part of the control plane', (username) => {
  expect(caller(username).isController).toBe(true);
});

test.each([
  'ana',
  'system:anonymous',
  'system:masters',
  'system:node:ip-10-0-1-20.eu-west-1.compute.internal',
  'system:serviceaccount:shop:replicaset-controller',
  'system:serviceaccount:kube-system:default',
  'system:serviceaccount:kube-system:replicaset-controller-2',
  'my-system:apiserver',
  'eks',
])('%s is not', (username) => {
  expect(caller(username).isController).toBe(false);
});

test.each([
  ['eks:addon-manager', `arn:aws:sts::${ACCOUNT}:assumed-role/Intruder/x`, false],
  ['eks:addon-manager', 'arn:aws:sts::999988887777:assumed-role/AWSWesleyClusterManagerLambda-Add/x', true],
  // A customer may make a role of that name, but not in an account of EKS.
  ['eks:addon-manager', `arn:aws:sts::${ACCOUNT}:assumed-role/AWSWesleyClusterManagerLambda-Add/x`, false],
  ['eks:node-manager', `arn:aws:sts::${ACCOUNT}:assumed-role/AWSServiceRoleForAmazonEKSNodegroup/EKS`, true],
  ['eks:addon-manager', `arn:aws:iam::${ACCOUNT}:user/x`, false],
  ['system:apiserver', `arn:aws:sts::${ACCOUNT}:assumed-role/Intruder/x`, false],
])('%s, signed in as %s: %s', (username, arn, isController) => {
  expect(caller(username, arn).isController).toBe(isController);
});

test('who acts as a controller is none', () => {
  expect(caller('system:apiserver', undefined, 'system:serviceaccount:kube-system:job-controller').isController).toBe(
    false,
  );
});

test('both users are named', () => {
  expect(callerText(caller('ana', undefined, 'root'))).toBe('ana (as root)');
  expect(callerText(caller('ana'))).toBe('ana');
});
