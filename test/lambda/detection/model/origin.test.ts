import { cidrSet } from '../../../../lambda/detection/model/address';
import { adviceOn } from '../../../../lambda/detection/findings/finding-types';
import { FINDING_TYPES } from '../../../../lambda/detection/model/finding';
import { isoTime } from '../../../../lambda/detection/model/event-time';
import { organizationOf } from '../../../../lambda/detection/model/settings';
import { originOf, originText } from '../../../../lambda/detection/model/origin';
import { ACCOUNT, at, from, OTHER_ACCOUNT } from '../trail';

const NONE = cidrSet([]);
const NOWHERE = {
  address: '',
  endpoint: '',
  ip: null,
  endpointId: null,
  endpointAccount: null,
  service: null,
  attributed: false,
  path: null,
};

describe('an origin', () => {
  it('is public on the path of its family, and an endpoint where the endpoint’s owner is named', () => {
    const ipv4 = {
      ...NOWHERE,
      kind: 'public',
      ip: '198.51.100.10',
      address: '198.51.100.10',
      path: 'public-ipv4',
      key: 'public/198.51.100.10',
    };
    expect(originOf(from('198.51.100.10'), NONE)).toEqual(ipv4);
    expect(originOf({ ...from('198.51.100.10'), endpointId: 'vpce-1' }, NONE)).toEqual(ipv4);
    expect(originOf(from(`vpce-1@${ACCOUNT}/198.51.100.10`), NONE)).toEqual({
      ...NOWHERE,
      kind: 'endpoint',
      ip: '198.51.100.10',
      address: '198.51.100.10',
      endpointId: 'vpce-1',
      endpoint: 'vpce-1',
      endpointAccount: ACCOUNT,
      path: 'endpoint',
      key: 'endpoint/vpce-1/198.51.100.10',
    });
    expect(originOf(from('2001:db8::1'), NONE)).toEqual({
      ...NOWHERE,
      kind: 'public',
      ip: '2001:db8::1',
      address: '2001:db8::1',
      path: 'public-ipv6',
      key: 'public/2001:db8::1',
    });
  });

  it('is an endpoint and a private address, or implausible without one', () => {
    expect(originOf(from(`vpce-1@${ACCOUNT}/10.0.0.5`), NONE)).toEqual({
      ...NOWHERE,
      kind: 'endpoint',
      ip: '10.0.0.5',
      address: '10.0.0.5',
      endpointId: 'vpce-1',
      endpoint: 'vpce-1',
      endpointAccount: ACCOUNT,
      path: 'endpoint',
      key: 'endpoint/vpce-1/10.0.0.5',
    });
    expect(originOf(from('10.0.0.5'), NONE)).toEqual({
      ...NOWHERE,
      kind: 'implausible',
      ip: '10.0.0.5',
      address: '10.0.0.5',
      key: 'implausible/10.0.0.5',
    });
    expect(originOf(from('203.0.113.5'), cidrSet(['203.0.113.0/24'])).kind).toBe('implausible');
  });

  it('is a service', () => {
    expect(originOf(from('by s3.amazonaws.com'), NONE)).toEqual({
      ...NOWHERE,
      kind: 'service',
      service: 's3.amazonaws.com',
      attributed: true,
      key: 'service/s3.amazonaws.com',
    });
    expect(originOf({ ...from('x'), service: null }, NONE).key).toBe('service/');
  });

  it('is written as people write it', () => {
    const text = (place: string) => originText(originOf(from(place), NONE));
    expect(['198.51.100.10', '10.0.0.5', 'vpce-1/10.0.0.5', 's3.amazonaws.com'].map(text)).toEqual([
      '198.51.100.10',
      '10.0.0.5',
      'vpce-1/10.0.0.5',
      's3.amazonaws.com',
    ]);
    const empty = { kind: 'endpoint', ip: null, endpointId: null, endpointAccount: null, service: null } as const;
    expect([originText(empty), originText({ ...empty, kind: 'service' })]).toEqual(['/', '']);
  });
});

describe('the organisation', () => {
  it('is the accounts listed; others are foreign', () => {
    const listed = organizationOf([ACCOUNT], new Set([OTHER_ACCOUNT]));
    expect([listed.listed, listed.standing(ACCOUNT), listed.standing(OTHER_ACCOUNT)]).toEqual([
      true,
      'ours',
      'foreign',
    ]);
  });

  it('is the accounts seen where none is listed; others are unknown', () => {
    const seen = organizationOf([], new Set([ACCOUNT]));
    expect([seen.listed, seen.standing(ACCOUNT), seen.standing(OTHER_ACCOUNT)]).toEqual([false, 'ours', 'unknown']);
  });
});

describe('times and advice', () => {
  it('are written as CloudTrail writes them', () => {
    expect(isoTime(at('10:05') + 999)).toBe('2026-09-01T10:05:00Z');
  });

  it('say for every type what to do', () => {
    for (const type of FINDING_TYPES) {
      expect(adviceOn(type).length).toBeGreaterThan(0);
      for (const line of adviceOn(type)) expect(line).toMatch(/\.$/);
    }
    const contain = adviceOn('OutsideAWS');
    expect(contain).toHaveLength(5);
    expect(adviceOn('SameAccount').slice(1)).toEqual(contain);
    expect(adviceOn('AffiliatedAccount').slice(1)).toEqual(contain);
    expect(adviceOn('EgressMoved')).not.toEqual(contain);
  });
});
