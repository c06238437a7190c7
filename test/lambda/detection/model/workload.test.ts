import type { Finding } from '../../../../lambda/detection/model/finding';
import { workloadCount } from '../../../../lambda/detection/model/finding';
import { createTime } from '../../../../lambda/detection/model/ip-ranges';
import { egressPlace, originOf } from '../../../../lambda/detection/model/origin';
import { valueOf } from '../../../../lambda/detection/model/result';
import { arnBeside, functionEntity, managedIn, workloadKey } from '../../../../lambda/detection/model/workload';
import { cidrSet } from '../../../../lambda/detection/model/address';
import { from, instance, Trail } from '../trail';

describe('a workload', () => {
  it('has one key, in which its id may have slashes', () => {
    expect(workloadKey({ ...instance('a/b') })).toBe('aws/111122223333/ec2-instance/a/b');
    expect(functionEntity('i-1')).toBe('function/i-1');
  });

  it('has resources beside it, by ARN where its Region is known', () => {
    const place = { partition: 'aws-cn', account: '111122223333', region: 'cn-north-1' };
    expect(arnBeside(place, 'ec2', 'instance/i-1')).toBe('arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1');
    expect(arnBeside({ ...place, region: 'GLOBAL' }, 'lambda', 'function:f')).toBe(
      'arn:aws-cn:lambda:us-east-1:111122223333:function:f',
    );
    expect(arnBeside({ ...place, region: null }, 'ec2', 'instance/i-1')).toBe('i-1');
    expect(arnBeside({ ...place, region: null }, 'lambda', 'function:f')).toBe('f');
  });

  it('is managed in its Region, at the edge in us-east-1', () => {
    expect(['GLOBAL', 'eu-west-1', null].map((region) => managedIn({ region }))).toEqual([
      'us-east-1',
      'eu-west-1',
      null,
    ]);
  });
});

describe('a finding', () => {
  it('is about one workload, or those of its group and those left out of it', () => {
    const [single] = new Trail().calls('i-1', '192.0.2.66', '09:00').detected().findings;
    if (!single?.workload) throw new Error('no finding');
    const { workload } = single;
    const group: Finding = { ...single, workload: null, workloads: [workload, workload] };
    expect(workloadCount(single)).toBe(1);
    expect(workloadCount(group)).toBe(2);
    expect(workloadCount({ ...group, workloadsLeftOut: 7 })).toBe(9);
    expect(workloadCount({ ...group, workloads: null })).toBe(0);
  });
});

describe('the place of an egress', () => {
  it('is a public address, or a private one through whichever endpoint', () => {
    const place = (text: string) => egressPlace(originOf(from(text), cidrSet([])));
    expect(place('198.51.100.10')).toBe('198.51.100.10');
    expect([place('vpce-1/10.0.0.5'), place('vpce-2/10.0.0.5')]).toEqual(['private/10.0.0.5', 'private/10.0.0.5']);
  });
});

describe('a result', () => {
  it('has its value, or throws with every fault', () => {
    expect(valueOf({ value: 5 })).toBe(5);
    expect(() => valueOf({ faults: ['one', 'two'] })).toThrow('one; two');
  });
});

describe('the create date of address ranges', () => {
  it('is a time in UTC', () => {
    expect(createTime('2026-08-01-12-30-45')).toBe(Date.UTC(2026, 7, 1, 12, 30, 45));
    expect(createTime('2026-08')).toBe(Date.UTC(2026, 7, 1));
  });
});
