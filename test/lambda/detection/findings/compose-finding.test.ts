import type { Finding } from '../../../../lambda/detection/model/finding';
import { incidentId } from '../../../../lambda/detection/findings/compose-finding';
import { ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const OUTSIDE = '192.0.2.66';

function finding(trail: Trail): Finding {
  const [only] = trail.detected().findings;
  if (!only) throw new Error('no finding');
  return only;
}

function stolen(): Trail {
  return new Trail().calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, ['10:00', '10:30', '12:15']);
}

describe('a finding', () => {
  it('has everything that people and machines need', () => {
    const { evidence, ruledOut, advice, description, ...rest } = finding(stolen());
    expect(rest).toEqual({
      schema: 'credlock.finding/1',
      id: `credlock/aws/${ACCOUNT}/ec2-instance/i-1/public/${OUTSIDE}`,
      incidentId: `credlock/incident/aws/${ACCOUNT}/ec2-instance/i-1`,
      type: 'OutsideAWS',
      severity: 'HIGH',
      status: 'ACTIVE',
      contested: false,
      sample: false,
      title: `Credentials of EC2 instance i-1 used outside AWS: ${OUTSIDE}`,
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
        kind: 'public',
        ip: OUTSIDE,
        endpointId: null,
        endpointAccount: null,
        service: null,
        ownership: 'outside-aws',
        account: null,
        region: null,
      },
      lock: [
        { origin: { kind: 'public', ip: HOME }, because: 'first-use', since: '2026-09-01T08:00:00Z', until: null },
      ],
      firstSeen: '2026-09-01T10:00:00Z',
      lastSeen: '2026-09-01T12:15:00Z',
      calls: 3,
      callsAtLeast: null,
      events: ['10:00', '10:30', '12:15'].map((time) => ({
        id: `call ${time} ASIA-i-1 ${OUTSIDE}`,
        time: `2026-09-01T${time}:00Z`,
        region: 'eu-west-1',
        source: 's3.amazonaws.com',
        name: 'ListBuckets',
        errorCode: null,
        userAgent: 'cli',
        accessKeyId: 'ASIA-i-1',
        resource: null,
      })),
      related: [],
      workloads: null,
      archivedBecause: null,
    });
    expect([evidence, ruledOut, advice].map((list) => list.length > 0)).toEqual([true, true, true]);
    expect(description).toContain(OUTSIDE);
  });

  it('shows the attributes of all issuances, the latest last', () => {
    const trail = stolen()
      .issued('i-1', '07:00', { attributes: { cluster: 'old', node: 'a' } })
      .issued('i-1', '07:30', { attributes: { cluster: 'new' } });
    expect(finding(trail).workload?.attributes).toEqual({ cluster: 'new', node: 'a' });
  });

  it('lists the sessions and keys used there, in order', () => {
    const trail = stolen()
      .calls('i-1', OUTSIDE, '11:00', { role: 'billing', accessKeyId: 'ASIA9' })
      .calls('i-1', OUTSIDE, '11:10', { role: 'billing', accessKeyId: 'ASIA1' })
      .calls('i-1', OUTSIDE, '11:20', { role: 'audit', accessKeyId: null });
    expect(finding(trail).sessions.map(({ role, accessKeyIds }) => [role, ...accessKeyIds])).toEqual([
      ['audit'],
      ['billing', 'ASIA1', 'ASIA9'],
      ['orders-api', 'ASIA-i-1'],
    ]);
  });

  it('shows the lock without services and without the suspect itself', () => {
    const trail = new Trail()
      .calls('i-1', 'by s3.amazonaws.com', '07:00')
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, '07:30')
      .calls('i-1', HOME, ['08:00', '12:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', publicIps: [HOME] });
    expect(finding(trail).lock).toEqual([
      {
        origin: { kind: 'endpoint', ip: '10.0.0.5', endpointId: 'vpce-1', endpointAccount: ACCOUNT },
        because: 'first-use',
        since: '2026-09-01T07:30:00Z',
        until: null,
      },
    ]);
  });

  it('says until when an origin was trusted', () => {
    const trail = new Trail()
      .changed('AssociateAddress', '06:00', { instanceId: 'i-1', publicIps: [HOME], associationIds: ['eipassoc-1'] })
      .changed('DisassociateAddress', '09:00', { associationIds: ['eipassoc-1'] })
      .calls('i-1', HOME, '08:00')
      .calls('i-1', OUTSIDE, '10:00');
    expect(finding(trail).lock[0]?.until).toBe('2026-09-01T09:00:00Z');
  });
});

describe('the calls of a finding', () => {
  it('begin when the origin became suspect', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '08:30', '12:00', '12:30'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', publicIps: [HOME] });
    expect(finding(trail)).toMatchObject({
      calls: 2,
      firstSeen: '2026-09-01T12:00:00Z',
      lastSeen: '2026-09-01T12:30:00Z',
    });
  });

  it('are those of the keys that were used there', () => {
    const trail = stolen().calls('i-1', OUTSIDE, '10:10', { shown: 'shape', accessKeyId: 'ASIAUNPROVEN' });
    expect(finding(trail).calls).toBe(3);
  });

  it('are at least so many where there were more, each later hour’s first among them', () => {
    const trail = stolen();
    for (let index = 0; index < 250; index += 1)
      trail.calls('i-1', OUTSIDE, `10:${10 + (index % 50)}:${10 + Math.floor(index / 50)}`, { id: `flood ${index}` });
    trail.calls('i-1', OUTSIDE, '15:00', { id: 'late' });
    const { calls, callsAtLeast, lastSeen, events } = finding(trail);
    expect([calls, lastSeen]).toEqual([null, '2026-09-01T15:00:00Z']);
    expect(callsAtLeast).toBe(events.length);
    expect(callsAtLeast).toBe(202);
    expect(events.slice(-2).map(({ id }) => id)).toEqual([`call 12:15 ASIA-i-1 ${OUTSIDE}`, 'late']);
  });

  it('end with the last one kept where nothing was left out', () => {
    const trail = stolen();
    for (let index = 0; index < 250; index += 1)
      trail.calls('i-1', OUTSIDE, `12:${16 + (index % 40)}:${10 + Math.floor(index / 40)}`, { id: `flood ${index}` });
    expect(finding(trail).lastSeen).toBe('2026-09-01T12:55:15Z');
  });
});

describe('an incident', () => {
  const idOf = (kind: string, id: string): string => incidentId({ partition: 'aws', account: ACCOUNT, kind, id });
  const UID = '0f0e0d0c-1111-4222-8333-444455556666';

  it('is one for a pod, whether its findings have the uid or not', () => {
    const pod = `credlock/incident/aws/${ACCOUNT}/eks-pod/demo/shop/web-1`;
    expect(idOf('eks-pod', `demo/shop/web-1/${UID}`)).toBe(pod);
    expect(idOf('kubernetes-workload', 'demo/shop/Pod/web-1')).toBe(pod);
  });

  it.each([
    ['eks-pod', 'oidc/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE/shop/web'],
    ['eks-pod', `eks-demo-web-1-${UID}`],
    ['kubernetes-workload', 'demo/shop/Deployment/web-1'],
    ['ecs-task', `demo/shop/web-1/${UID}`],
  ])('is that of the workload otherwise: %s %s', (kind, id) => {
    expect(idOf(kind, id)).toBe(`credlock/incident/aws/${ACCOUNT}/${kind}/${id}`);
  });
});
