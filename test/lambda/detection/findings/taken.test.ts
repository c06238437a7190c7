import { impactOf } from '../../../../lambda/detection/findings/call-impact';
import { byGravity, callGroups, takenIn } from '../../../../lambda/detection/findings/taken';
import type { Finding, FindingEvent } from '../../../../lambda/detection/model/finding';
import { madeUp } from '../../adapters/security-hub/asff-samples';

function event(call: string, resource: string | null = null, errorCode: string | null = null): FindingEvent {
  const [service = '', name = ''] = call.split(':');
  const source = `${service}.amazonaws.com`;
  const id = `${call} ${resource ?? ''} ${errorCode ?? ''}`;
  return {
    id,
    time: '2026-09-14T13:41:03Z',
    region: '',
    source,
    name,
    errorCode,
    userAgent: null,
    accessKeyId: null,
    resource,
  };
}

it.each([
  ['secretsmanager:GetSecretValue', 'secret'],
  ['ssm:GetParametersByPath', 'secret'],
  ['s3:GetObject', 'data'],
  ['lambda:GetFunction20150331v2', 'data'],
  ['ec2:ModifySnapshotAttribute', 'data'],
  ['iam:CreateAccessKey', 'privilege'],
  ['lambda:UpdateFunctionCode20150331v2', 'privilege'],
  ['ssm:SendCommand', 'privilege'],
  ['sts:AssumeRole', 'role'],
  ['signin:ConsoleLogin', 'console'],
  ['s3:DeleteBucket', 'change'],
  ['sts:GetCallerIdentity', 'discovery'],
  ['ssm:UpdateInstanceInformation', 'discovery'],
])('%s gives its caller: %s', (call, impact) => {
  const { source, name } = event(call);
  expect(impactOf({ source, name })).toBe(impact);
});

it('groups calls by action and resource, the gravest first and failed ones last', () => {
  const events = [
    event('sts:GetCallerIdentity'),
    event('s3:GetObject', 'exports/2026/'),
    event('s3:GetObject', 'exports/2025/'),
    event('secretsmanager:GetSecretValue', 'admin', 'AccessDenied'),
    event('secretsmanager:GetSecretValue', 'ledger'),
  ];
  const shown = callGroups(events).map(({ action, resource, calls, failed }) => [action, resource, calls, failed]);
  expect(shown).toEqual([
    ['secretsmanager:GetSecretValue', 'ledger', 1, 0],
    ['s3:GetObject', 'exports', 2, 0],
    ['sts:GetCallerIdentity', null, 1, 0],
    ['secretsmanager:GetSecretValue', 'admin', 1, 1],
  ]);
});

describe('what was taken', () => {
  const findings: Finding[] = [
    madeUp({
      events: [event('secretsmanager:GetSecretValue', 'a'), event('s3:GetObject', 'b', 'AccessDenied')],
    }),
    madeUp({
      events: [
        event('secretsmanager:GetSecretValue', 'a'),
        event('ssm:GetParameter', '/c'),
        event('sts:AssumeRole', 'r'),
      ],
      related: [{ kind: 'console-session', arn: 'arn:aws:sts::1:assumed-role/a/b', accessKeyIds: [] }],
    }),
  ];

  it('counts each thing once, and no failed call', () => {
    const { secret, data, role, console } = takenIn(findings);
    expect([secret.size, data.size, role.size, console.size]).toEqual([2, 0, 1, 1]);
  });

  it('orders findings of one severity', () => {
    const [less, more] = findings;
    const worse = madeUp({ severity: 'LOW', events: [event('secretsmanager:GetSecretValue', 'z')] });
    expect(byGravity([worse, ...findings])).toEqual([more, less, worse]);
  });
});
