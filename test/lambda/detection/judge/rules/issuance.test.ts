import type { Workload } from '../../../../../lambda/detection/model/workload';
import type { Settings } from '../../../../../lambda/detection/model/settings';
import { ACCOUNT, from, OTHER_ACCOUNT, THIRD_ACCOUNT, Trail } from '../../trail';

const HERE = '198.51.100.10';
const ELSEWHERE = '198.51.100.90';
const OUTSIDE = '192.0.2.66';
const ID = 'oidc/oidc.eks.eu-west-1.amazonaws.com/id/ABCD/shop/cart';
const WORKLOAD: Workload = { partition: 'aws', account: ACCOUNT, kind: 'eks-pod', id: ID };
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/cart/shop-cart`;

/** A service account whose credentials are requested and used. */
class Pods extends Trail {
  requests(place: string, time: string, accessKeyId = `ASIA${time}`): this {
    const asked = { source: from(place), what: '[]' };
    return this.issued('pod', time, {
      id: `${accessKeyId} ${time}`,
      workload: WORKLOAD,
      sessionArn: SESSION,
      accessKeyId,
      asked,
      issuer: 'sts',
    });
  }

  uses(accessKeyId: string, place: string, time: string): this {
    return this.calls('pod', place, time, { workload: WORKLOAD, sessionArn: SESSION, accessKeyId, shown: 'shape' });
  }

  /** `HH:MM outcome because: why` of each. */
  decided(): string[] {
    return this.judgement(ID).decisions.map((one) => {
      const time = new Date(one.sighting.event.time).toISOString().slice(11, 16);
      return `${time} ${one.outcome} ${'because' in one ? one.because : one.rule}: ${one.why}`;
    });
  }
}

const pods = (settings: Partial<Settings> = {}) =>
  new Pods({ organizationAccounts: [ACCOUNT, OTHER_ACCOUNT], ...settings });

describe('credentials of a service account', () => {
  it('are used where they were requested, and nowhere else', () => {
    const trail = pods().requests(HERE, '08:00', 'K1').uses('K1', HERE, '08:10').uses('K1', ELSEWHERE, '08:20');
    expect(trail.decided()).toEqual([
      '08:00 trusted issuance: the first credentials were requested here: 198.51.100.10 is an EC2 address of eu-west-1',
      '08:10 trusted issuance: its credentials were requested from 198.51.100.10 at 2026-09-01T08:00:00Z',
      '08:20 suspicious unexplained: its credentials were requested from 198.51.100.10 at 2026-09-01T08:00:00Z',
    ]);
  });

  it('are requested where the first were, or where other workloads of the account call from', () => {
    const trail = pods()
      .requests(HERE, '08:00', 'K1')
      .requests(ELSEWHERE, '09:00', 'K2')
      .uses('K2', ELSEWHERE, '09:10');
    expect(trail.decided().slice(1)).toEqual([
      '09:00 suspicious unexplained: credentials of this service account are requested from 198.51.100.10; 198.51.100.90 is an EC2 address of eu-west-1',
      '09:10 suspicious unexplained: its credentials were requested from 198.51.100.90 at 2026-09-01T09:00:00Z, and that origin is not trusted',
    ]);
    const beside = trail.calls('i-1', ELSEWHERE, '07:00');
    expect(beside.decided().slice(1)).toEqual([
      '09:00 trusted issuance: credentials were requested here, and 1 other workloads call from here',
      '09:10 trusted issuance: its credentials were requested from 198.51.100.90 at 2026-09-01T09:00:00Z',
    ]);
    const foreign = pods()
      .requests(HERE, '08:00', 'K1')
      .requests(ELSEWHERE, '09:00', 'K2')
      .calls('i-1', ELSEWHERE, '07:00', { account: THIRD_ACCOUNT });
    expect(foreign.decided()[1]).toContain('09:00 suspicious');
  });

  it('are requested behind a NAT gateway of the account', () => {
    const trail = pods()
      .changed('CreateNatGateway', '05:00', { natGatewayId: 'nat-1', vpcId: 'vpc-1', publicIps: [ELSEWHERE] })
      .requests(HERE, '08:00', 'K1')
      .requests(ELSEWHERE, '09:00', 'K2');
    expect(trail.decided()[1]).toBe(
      '09:00 trusted issuance: credentials were requested here: 198.51.100.90 is an address of NAT gateway nat-1 of its VPC vpc-1',
    );
  });

  it('are requested outside AWS only where they always were', () => {
    const always = pods().requests(OUTSIDE, '08:00', 'K1').requests(OUTSIDE, '09:00', 'K2');
    expect(always.decided()[1]).toBe(
      '09:00 trusted first-use-unverified: all credentials were requested here, so there is nothing to compare with; 192.0.2.66 is in no AWS range',
    );
    const also = pods().requests(HERE, '08:00', 'K1').requests(OUTSIDE, '09:00', 'K2');
    expect(also.decided()[1]).toContain(
      '09:00 suspicious unexplained: credentials of this service account are requested',
    );
  });

  it('are requested through endpoints of the organisation, or the one first used', () => {
    const ours = pods().requests(HERE, '08:00', 'K1').requests(`vpce-1@${OTHER_ACCOUNT}/10.0.0.9`, '09:00', 'K2');
    expect(ours.decided()[1]).toBe(
      '09:00 trusted issuance: credentials were requested here, through vpce-1 of the workload’s own network',
    );
    const unnamed = pods()
      .requests('vpce-1/10.0.0.5', '08:00', 'K1')
      .requests('vpce-1/10.0.0.6', '09:00', 'K2')
      .requests('vpce-2/10.0.0.7', '10:00', 'K3');
    expect(unnamed.decided().map((text) => text.slice(0, 13))).toEqual([
      '08:00 trusted',
      '09:00 trusted',
      '10:00 suspici',
    ]);
  });

  it('are used on another path where nodes and pods of the organisation are', () => {
    const through = (place: string) => pods().requests(place, '08:00', 'K1').uses('K1', HERE, '08:10');
    const endpoint = `vpce-1@${ACCOUNT}/10.0.0.9`;
    expect(through(endpoint).decided()[1]).toBe(
      '08:10 trusted first-use: pods of the service account call from this network: 198.51.100.10',
    );
    const twice = through(endpoint).uses('K1', ELSEWHERE, '08:20');
    expect(twice.decided()[2]).toContain('08:20 suspicious');
    const node = twice
      .changed('CreateTags', '05:00', { instanceId: 'i-1', eksNode: true })
      .calls('i-1', ELSEWHERE, '07:00');
    expect(node.decided()[2]).toBe('08:20 trusted issuance: 1 nodes or other pods of the organisation call from here');
    const noNode = through(endpoint).uses('K1', ELSEWHERE, '08:20').calls('i-1', ELSEWHERE, '07:00');
    expect(noNode.decided()[2]).toContain('08:20 suspicious');
  });
});
