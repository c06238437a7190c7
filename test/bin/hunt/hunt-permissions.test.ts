import { huntFault, huntPermissions, type HuntAction } from '../../../bin/hunt/hunt-permissions';

const AT = { stateMachine: 'arn:aws-cn:states:cn-north-1:111122223333:stateMachine:credlock-hunt', bucket: 'work' };

function denial(message: string): Error {
  return Object.assign(new Error(message), { name: 'AccessDenied' });
}

test.each(Object.keys(huntPermissions(AT)) as HuntAction[])(
  'a denial of %s names what to allow, and where',
  (action) => {
    const { message } = huntFault('look', denial('Access Denied'), { action: action, location: AT });
    const statement: unknown = JSON.parse(message.slice(message.indexOf('{')));
    expect(statement).toEqual({ Effect: 'Allow', Action: [action], Resource: huntPermissions(AT)[action] });
  },
);

test('all resources are of the partition, account and Region of the state machine', () => {
  for (const arn of Object.values(huntPermissions(AT)).flat())
    expect(arn).toMatch(/^arn:aws-cn:(?:s3:::work|(?:states|cloudformation):cn-north-1:111122223333:)/);
});

test('a denied key is named, not the object', () => {
  const key = 'arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const said = `User: arn:aws-cn:sts::111122223333:assumed-role/hunter/me is not authorized to perform: kms:GenerateDataKey on resource: ${key} because no identity-based policy allows the kms:GenerateDataKey action`;
  const { message } = huntFault('write', denial(said), { action: 's3:PutObject', location: AT });
  expect(message).toContain(`{"Effect":"Allow","Action":["kms:GenerateDataKey"],"Resource":["${key}"]}`);
  expect(message).not.toContain('s3:PutObject');
});

test('an explicit denial is not helped by a permission', () => {
  const said = 'not authorized to perform: states:StopExecution with an explicit deny in a service control policy';
  const { message } = huntFault('stop', denial(said), { action: 'states:StopExecution', location: AT });
  expect(message).toContain('A policy denies states:StopExecution explicitly');
  expect(message).not.toContain('Effect');
});

test('other errors have the remedies of all commands', () => {
  const expired = Object.assign(new Error('The security token is expired'), { name: 'ExpiredTokenException' });
  expect(huntFault('look', expired, { action: 's3:GetObject', location: AT }).message).toBe(
    'cannot look: The security token is expired. Sign in again',
  );
});
