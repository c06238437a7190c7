import { parseSessionArn, roleArnParts, roleOf, sessionArnOf } from '../../../../lambda/detection/model/session-arn';

describe('a session ARN', () => {
  it('is taken apart, with its colons and slashes', () => {
    expect(parseSessionArn('arn:aws:sts::111122223333:assumed-role/orders-api/i-1')).toEqual({
      partition: 'aws',
      account: '111122223333',
      role: 'orders-api',
      name: 'i-1',
    });
    expect(parseSessionArn('arn:aws-us-gov:sts::111122223333:assumed-role/aws:ec2-instance/a/b')).toEqual({
      partition: 'aws-us-gov',
      account: '111122223333',
      role: 'aws:ec2-instance',
      name: 'a/b',
    });
  });

  it.each([
    null,
    '',
    'arn:aws:iam::111122223333:role/orders-api',
    'arn:aws:sts::111122223333:assumed-role/orders-api',
    'arn:aws:sts::111122223333:assumed-role/orders-api/',
    'arn:aws:sts::11112222333:assumed-role/orders-api/i-1',
    'arn:aws:sts::1111222233334:assumed-role/orders-api/i-1',
    ' arn:aws:sts::111122223333:assumed-role/orders-api/i-1',
    'arn:a b:sts::111122223333:assumed-role/orders-api/i-1',
  ])('is not %s', (text) => {
    expect(parseSessionArn(text)).toBeNull();
  });

  it('names its role, or is shown whole where it is none', () => {
    expect(roleOf('arn:aws:sts::111122223333:assumed-role/orders-api/i-1')).toBe('orders-api');
    expect(roleOf('arn:aws:iam::111122223333:user/alice')).toBe('arn:aws:iam::111122223333:user/alice');
  });
});

describe('a role ARN', () => {
  it('has a path and a name', () => {
    const parts = { partition: 'aws', account: '111122223333' };
    expect(roleArnParts('arn:aws:iam::111122223333:role/orders-api')).toEqual({
      ...parts,
      path: '',
      name: 'orders-api',
    });
    expect(roleArnParts('arn:aws:iam::111122223333:role/team/web/orders-api')).toEqual({
      ...parts,
      path: 'team/web/',
      name: 'orders-api',
    });
  });

  it.each([
    null,
    'arn:aws:iam::111122223333:role/',
    'arn:aws:iam::111122223333:user/a',
    'x arn:aws:iam::111122223333:role/a',
    'arn:aws:iam::11112222333:role/a',
  ])('is not %s', (text) => {
    expect(roleArnParts(text)).toBeNull();
  });

  it('makes a session without its path', () => {
    expect(sessionArnOf('arn:aws-cn:iam::111122223333:role/team/orders-api', 'i-1')).toBe(
      'arn:aws-cn:sts::111122223333:assumed-role/orders-api/i-1',
    );
    expect(sessionArnOf('arn:aws:iam::111122223333:user/a', 'i-1')).toBeNull();
  });
});
