import fc from 'fast-check';
import { mayMatter, RelevanceFinder, relevanceOf } from '../../../lambda/trail-files/relevant-record';
import { sessionCall, foreignCall } from './trail-fixtures';

test.each([
  ['a call of a role session', sessionCall('1')],
  [
    'a role session named in a message',
    foreignCall('1', { errorMessage: 'arn:aws:sts::1:assumed-role/web/x may not' }),
  ],
  ['a key handed out', foreignCall('1', { eventName: 'AssumeRole' })],
  ['an address given by anyone', foreignCall('1', { eventName: 'AssociateAddress' })],
  ['a call of a user', foreignCall('1', { userIdentity: { type: 'IAMUser', userName: 'alice' } })],
  ['a call of the root user', foreignCall('1', { userIdentity: { type: 'Root' } })],
  ['a call of a user, with its identity last', { eventName: 'X', userIdentity: { userName: 'a', type: 'IAMUser' } }],
  ['a call of a user, in another form of record', { eventName: 'X', identity: { type: 'IAMUser' } }],
  ['a console sign-in', foreignCall('1', { eventName: 'ConsoleLogin' })],
  ['an action in an inner object', { eventName: 'X', detail: { eventName: 'TerminateInstances' } }],
  ['what credentials were issued to', foreignCall('1', { inScopeOf: { issuerType: 'AWS::EC2::Instance' } })],
])('%s may matter', (_what, record) => {
  expect(mayMatter(JSON.stringify(record))).toBe(true);
  expect(mayMatter(JSON.stringify(record, null, 2))).toBe(true);
});

test.each([
  ['letters of the role', '{"eventName":"X","arn":"arn:aws:sts::1:\\u0061ssumed-role/web/x"}'],
  ['slashes of the role', '{"eventName":"X","arn":"arn:aws:sts::1:assumed-role\\/web\\/x"}'],
  ['letters of the action', '{"eventName":"\\u0041ssumeRole"}'],
  ['letters of the key', '{"event\\u004eame":"AssumeRole"}'],
])('escapes that hide %s may matter', (_what, text) => {
  expect(mayMatter(text)).toBe(true);
});

test.each([
  ['a call of another account', foreignCall('1')],
  ['a path with the word role', foreignCall('1', { requestParameters: { roleName: 'service-role/assumed-role' } })],
  ['an empty inScopeOf', foreignCall('1', { inScopeOf: {} })],
  [
    'an action named elsewhere',
    foreignCall('1', { requestParameters: { action: 'RunInstances', name: 'AssumeRole' } }),
  ],
  ['a call whose request names an action', foreignCall('1', { requestParameters: { eventName: 'RunInstances' } })],
  ['a call with an odd name', foreignCall('1', { eventName: '{"eventName":"AssumeRole"' })],
  ['a user named in a request', foreignCall('1', { requestParameters: { principalType: 'IAMUser', user: 'Root' } })],
  ['a user named by the client', foreignCall('1', { userAgent: 'Root/1 IAMUser' })],
])('%s cannot matter', (_what, record) => {
  expect(relevanceOf(JSON.stringify(record))).toBe('irrelevant');
});

test('records that a cut one seems to hold are looked at again', () => {
  const [cut, ...others] = ['{"eventVersion":', foreignCall('1'), foreignCall('2', { eventName: 'AssumeRole' })].map(
    (one) => (typeof one === 'string' ? one : JSON.stringify(one)),
  );
  const text = [cut, ...others].join('\n');
  const relevance = new RelevanceFinder(text);
  expect(relevance.look(0, text.length)).toBe('matters');
  const looks = others.map((one) => relevance.look(text.indexOf(one), text.indexOf(one) + one.length));
  expect(looks).toEqual(['irrelevant', 'matters']);
});

test('JSON without an eventName is told from records', () => {
  expect(relevanceOf('{"EventName":"RunInstances"}')).toBe('nameless');
  expect(relevanceOf('{}')).toBe('nameless');
});

test('a name that only begins or ends like one that matters does not', () => {
  for (const eventName of ['AssumeRoles', 'xAssumeRole', 'RunInstances ', 'runInstances', '']) {
    expect(mayMatter(JSON.stringify({ eventName }))).toBe(false);
  }
});

test('no record that matters is missed, however it is written', () => {
  const space = fc.constantFrom('', ' ', '\n ', '\r\n\t');
  const other = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }).map((value) => JSON.stringify(value));
  const name = fc.constantFrom('AssumeRole', 'StopInstances', 'GetSigninToken', 'CreateRoute', 'CreateTags');
  const member = fc.tuple(space, space, name).map(([left, right, value]) => `"eventName"${left}:${right}"${value}"`);
  const property = fc.property(other, member, other, (before, named, after) => {
    expect(mayMatter(`{"a":${before},${named},"z":${after}}`)).toBe(true);
  });
  fc.assert(property);
});
