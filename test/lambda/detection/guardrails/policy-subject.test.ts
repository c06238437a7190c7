import { isExempt, policySubjectOf } from '../../../../lambda/detection/guardrails/policy-subject';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { call, HOME_ADDRESS } from '../../records';

const ACCOUNT = '111122223333';
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const sts = (resource: string): string => `arn:aws:sts::${ACCOUNT}:${resource}`;

function recordBy(arn: string | null, over: object = {}, issuer: string | null = null) {
  const userIdentity = {
    type: 'Any',
    arn,
    accountId: ACCOUNT,
    ...(issuer && { sessionContext: { sessionIssuer: { arn: issuer } } }),
  };
  const reading = readRecord({ ...call('10:00', HOME_ADDRESS), userIdentity, ...over });
  if ('skip' in reading) throw new Error(reading.skip);
  return reading.record;
}

describe('policies see a caller', () => {
  test.each<[string, string, string | null, string, string | null, string | null]>([
    ['as a role', sts('assumed-role/web/x'), iam('role/app/web'), 'web', iam('role/app/web'), 'web'],
    ['as a role of unknown path', sts('assumed-role/web/x'), null, 'web', iam('role/web'), 'web'],
    ['as a user', iam('user/alice'), null, 'user/alice', iam('user/alice'), null],
    ['as a user without its path', iam('user/ops/alice'), null, 'user/alice', iam('user/ops/alice'), null],
    ['as a federated user', sts('federated-user/bob'), null, 'federated-user/bob', sts('federated-user/bob'), null],
    ['as the root user', iam('root'), null, 'root', null, null],
    [
      'as a role that only has the name of a service-linked one',
      sts('assumed-role/AWSServiceRoleForMe/x'),
      iam('role/AWSServiceRoleForMe'),
      'AWSServiceRoleForMe',
      iam('role/AWSServiceRoleForMe'),
      'AWSServiceRoleForMe',
    ],
  ])('%s', (_, arn, issuer, ...[principal, principalArn, role]) => {
    expect(policySubjectOf(recordBy(arn, {}, issuer), { managementAccount: null })).toEqual({
      account: ACCOUNT,
      principal,
      arn: principalArn,
      role,
    });
  });

  test.each<[string, string | null, object, string | null]>([
    ['in the management account', iam('user/alice'), {}, null],
    ['that is a service', null, {}, null],
    [
      'that is a service-linked role',
      sts('assumed-role/AWSServiceRoleForECS/x'),
      {},
      iam('role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
    ],
    [
      'that is a service-linked role by name, where the path is unknown',
      sts('assumed-role/AWSServiceRoleForECS/x'),
      {},
      null,
    ],
    ['that is one of EC2’s own roles', sts('assumed-role/aws:ec2-instance/x'), {}, null],
    [
      'of another account, whose call is recorded here too',
      'arn:aws:iam::444455556666:user/alice',
      { recipientAccountId: ACCOUNT },
      null,
    ],
    ['of a service event', iam('user/bob'), { eventType: 'AwsServiceEvent' }, null],
    ['that is no principal', iam('group/admins'), {}, null],
  ])('not: one %s', (story, arn, over, issuer) => {
    const managementAccount = story === 'in the management account' ? ACCOUNT : '999988887777';
    expect(policySubjectOf(recordBy(arn, over, issuer), { managementAccount })).toBeNull();
  });
});

describe('a principal is exempt', () => {
  const web = { account: ACCOUNT, principal: 'web', arn: iam('role/app/web'), role: 'web' };
  const alice = { account: ACCOUNT, principal: 'user/alice', arn: iam('user/alice'), role: null };
  const root = { account: ACCOUNT, principal: 'root', arn: null, role: null };

  test.each([
    ['a role by its name', web, ['web'], true],
    ['a role by a pattern of names', web, ['other', 'w*'], true],
    ['a role by its ARN', web, [iam('role/app/*')], true],
    ['not a role of another path', web, [iam('role/web')], false],
    ['not a role by nothing', web, [], false],
    ['not a user by a name', alice, ['*'], false],
    ['a user by its ARN', alice, ['arn:aws:iam::*:user/alice'], true],
    ['never the root user', root, ['*', 'arn:*'], false],
  ])('%s', (_, subject, exemptRoles, expected) => {
    expect(isExempt(subject, { exemptRoles })).toBe(expected);
  });
});
