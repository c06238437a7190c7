import type { Caller } from '../../../../lambda/detection/facts/facts';
import { principalsOf } from '../../../../lambda/detection/facts/principals';
import { ACCOUNT, caller, foreignKey, sessionArn } from '../trail';

const user = (path: string, accessKeyId: string | null): Caller =>
  caller('x', '192.0.2.66', { sessionArn: `arn:aws-us-gov:iam::${ACCOUNT}:user/${path}`, accessKeyId });
const session = caller('s', '192.0.2.66', { role: 'deploy' });

describe('a caller is looked up', () => {
  it.each<[string, Caller, readonly string[]]>([
    ['by user and key', user('alice', 'AKIA1'), ['key/AKIA1', `user/${ACCOUNT}/alice`]],
    ['by the user’s name without its path', user('team/ops/alice', 'AKIA1'), ['key/AKIA1', `user/${ACCOUNT}/alice`]],
    ['by user without a key', user('alice', null), [`user/${ACCOUNT}/alice`]],
    ['by key alone', { ...session, sessionArn: `arn:aws:iam::${ACCOUNT}:root`, accessKeyId: 'AKIA1' }, ['key/AKIA1']],
    ['by nothing', { ...session, sessionArn: `x arn:aws:iam::${ACCOUNT}:user/a`, accessKeyId: null }, []],
    ['by role', session, [`role/${ACCOUNT}/deploy`, `federation/${ACCOUNT}`, 'federation/*']],
  ])('%s', (_, by, expected) => {
    expect(principalsOf(by)).toEqual(expected);
  });

  it('by nothing of its role, where it is known who requested its session', () => {
    expect(principalsOf(session, foreignKey('ASIA-s', sessionArn('s', 'deploy'), user('alice', 'AKIA1')))).toEqual([]);
    expect(principalsOf(session, foreignKey('ASIA-s', sessionArn('s', 'deploy'), null))).toHaveLength(3);
  });
});
