import type { Settings } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, eni, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const NAT = '198.51.100.90';

function told(trail: Trail): string[] {
  return trail
    .detected()
    .findings.filter(({ severity }) => severity === 'INFORMATIONAL')
    .map(({ id, firstSeen, workload }) => `${id} ${firstSeen.slice(11, 16)} ${workload?.id ?? ''}`);
}

function informing(settings: Partial<Settings> = {}): Trail {
  return new Trail({ serviceCallerFindings: true, ...settings });
}

describe('what is reported once', () => {
  it('is not reported unless asked for', () => {
    expect(new Trail().calls('i-1', 'by s3.amazonaws.com', '08:00').found()).toEqual([]);
  });

  it('is each service that calls for a role, by its first call', () => {
    const trail = informing()
      .calls('i-1', 'by s3.amazonaws.com', '09:00')
      .calls('i-2', 'by s3.amazonaws.com', ['08:00', '10:00'])
      .calls('i-1', 'by s3.amazonaws.com', '10:00', { role: 'billing' })
      .calls('i-1', 'by glue.amazonaws.com', '11:00')
      .calls('i-1', 'by s3.amazonaws.com', '12:00', { account: OTHER_ACCOUNT });
    const start = `credlock/aws/${ACCOUNT}/service-caller`;
    expect(told(trail)).toEqual([
      `${start}/orders-api/s3.amazonaws.com 08:00 i-2`,
      `${start}/billing/s3.amazonaws.com 10:00 i-1`,
      `${start}/orders-api/glue.amazonaws.com 11:00 i-1`,
      `credlock/aws/${OTHER_ACCOUNT}/service-caller/orders-api/s3.amazonaws.com 12:00 i-1`,
    ]);
  });

  it('is in the words of a finding', () => {
    const [finding] = informing().calls('i-1', 'by s3.amazonaws.com', '09:00', { id: 'e1' }).detected().findings;
    expect(finding).toEqual({
      schema: 'credlock.finding/1',
      id: `credlock/aws/${ACCOUNT}/service-caller/orders-api/s3.amazonaws.com`,
      incidentId: `credlock/incident/aws/${ACCOUNT}/ec2-instance/i-1`,
      type: 'ServiceCaller',
      severity: 'INFORMATIONAL',
      status: 'ACTIVE',
      contested: false,
      sample: false,
      title: 's3.amazonaws.com calls with credentials of role orders-api',
      description:
        's3.amazonaws.com called on the workload’s behalf, according to invokedBy. First seen at 2026-09-01T09:00:00Z with credentials of i-1.',
      workload: {
        kind: 'ec2-instance',
        id: 'i-1',
        account: ACCOUNT,
        region: 'eu-west-1',
        partition: 'aws',
        attributes: {},
      },
      sessions: [
        { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/i-1`, role: 'orders-api', accessKeyIds: ['ASIA-i-1'] },
      ],
      origin: {
        kind: 'service',
        ip: null,
        endpointId: null,
        endpointAccount: null,
        service: 's3.amazonaws.com',
        ownership: 'none',
        account: null,
        region: null,
      },
      lock: [],
      firstSeen: '2026-09-01T09:00:00Z',
      lastSeen: '2026-09-01T09:00:00Z',
      calls: null,
      callsAtLeast: 1,
      events: [],
      evidence: ['See record e1.'],
      ruledOut: [],
      related: [],
      workloads: null,
      archivedBecause: null,
      advice: ['No action is needed.'],
    });
  });

  it('is an address that was learned as shared egress, once for an account', () => {
    const trail = informing()
      .changed('CreateNatGateway', '06:00', { natGatewayId: 'nat-1', vpcId: 'vpc-1', publicIps: [NAT] })
      .calls('i-1', NAT, '12:00')
      .calls('i-2', NAT, ['11:00', '13:00']);
    for (const [index, id] of ['i-1', 'i-2'].entries()) {
      const interfaces = [eni(`eni-${id}`, { privateIps: [`10.0.0.${index}`] })];
      trail.changed('RunInstances', '06:00', { instanceId: id, interfaces }).calls(id, HOME, ['07:00', '08:00']);
    }
    expect(told(trail)).toEqual([`credlock/aws/${ACCOUNT}/egress-learned/${NAT} 11:00 i-2`]);
    const [finding] = trail.detected().findings;
    expect(finding).toMatchObject({
      type: 'EgressLearned',
      title: `${NAT} was learned as an egress that workloads of account ${ACCOUNT} share`,
      origin: { ip: NAT, ownership: 'same-account', account: ACCOUNT },
      description: `${NAT} is an address of NAT gateway nat-1 of its VPC vpc-1. First seen at 2026-09-01T11:00:00Z with credentials of i-2.`,
    });
    expect(finding?.advice[0]).toContain('If the address is not your egress');
  });

  it('tells nothing of what is suspicious or locked', () => {
    const trail = informing().calls('i-1', HOME, ['08:00', '09:00']).calls('i-1', 'glue.amazonaws.com', '10:00');
    expect(told(trail)).toEqual([]);
  });

  it('is told by the smaller workload where two call at once', () => {
    const callers = ['i-2', 'i-1', 'i-3'];
    for (const order of [callers, [...callers].reverse()]) {
      const trail = informing();
      for (const id of order) trail.calls(id, 'by s3.amazonaws.com', '08:00', { id: 'same' });
      expect(told(trail)[0]).toContain('08:00 i-1');
    }
  });
});
