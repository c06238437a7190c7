import fc from 'fast-check';
import { cidrSet } from '../../../../lambda/detection/model/address';
import type { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { postureOf, type Posture } from '../../../../lambda/detection/posture/posture';
import { callText, callWords } from '../../../../lambda/detection/facts/call-sample';
import { at, caller, sighting, Trail } from '../trail';
import { deliveriesOf, factsDelivered } from '../../../properties/deliveries';
import { runs } from '../../../properties/property-runs';
import { recordsOf, trailPlans } from '../../../properties/trail-plan';
import { factsOf } from '../../../scenario';

const NO_NETWORKS = { privateNetworks: cidrSet([]) };
const V1 = { delivery: '1.0' };
const V2 = { delivery: '2.0' };

function told(facts: FactSet, question: Partial<Parameters<typeof postureOf>[1]> = {}): string[] {
  return postureOf(facts, { ...NO_NETWORKS, ...question }).map(
    ({ instance, role, standing, imdsV1, imdsV2 }) =>
      `${instance} ${role} ${standing} ${imdsV1?.hours ?? 0}/${imdsV2?.hours ?? 0}`,
  );
}

function only(facts: FactSet): Posture {
  const [posture, ...others] = postureOf(facts, NO_NETWORKS);
  if (!posture || others.length > 0) throw new Error(`not one posture but ${others.length + 1}`);
  return posture;
}

describe('who gets keys by which version', () => {
  test('is reported for each role and instance, those on IMDSv1 first', () => {
    const { facts } = new Trail()
      .calls('i-new', '198.51.100.1', ['08:00', '09:00'], V2)
      .calls('i-old', '198.51.100.2', ['08:00', '09:00'], V1)
      .calls('i-mixed', '198.51.100.3', '08:00', V1)
      .calls('i-mixed', '198.51.100.3', ['08:10', '10:00'], { ...V2, accessKeyId: 'ASIA-OTHER' })
      .calls('i-mixed', '198.51.100.3', '08:00', { ...V2, role: 'second' });
    expect(told(facts)).toEqual([
      'i-old orders-api imdsv1 2/0',
      'i-mixed orders-api both 1/2',
      'i-new orders-api imdsv2 0/2',
      'i-mixed second imdsv2 0/1',
    ]);
  });

  test('counts hours and not calls, over all keys and origins', () => {
    const { facts } = new Trail()
      .calls('i-1', '198.51.100.1', ['08:00', '08:20', '08:59'], V1)
      .calls('i-1', 'vpce-1/10.0.0.5', '08:30', { ...V1, accessKeyId: 'ASIA-NEXT' })
      .calls('i-1', '198.51.100.1', '3d 08:15', V1);
    expect(only(facts).imdsV1).toMatchObject({
      hours: 2,
      firstSeen: '2026-09-01T08:00:00Z',
      lastSeen: '2026-09-04T08:15:00Z',
      origins: [
        { origin: '198.51.100.1', suspected: false },
        { origin: 'vpce-1/10.0.0.5', suspected: false },
      ],
    });
  });

  test('leaves out who only looks like an instance, whom no version is known of, and where services called from', () => {
    const { facts } = new Trail()
      .calls('i-1', '198.51.100.1', '08:00', { shown: 'shape', delivery: '1.0' })
      .calls('i-2', '198.51.100.1', '08:00', { delivery: null })
      .calls('i-3', '198.51.100.1', '08:00', { ...V1, workload: null, shown: 'none' })
      .calls('i-4', 'by kms.amazonaws.com', '08:00', V1);
    expect(told(facts)).toEqual(['i-4 orders-api imdsv1 1/0']);
    expect(only(facts).imdsV1?.origins).toEqual([]);
  });

  test('tells the user agents behind it, those seen in most hours first, and how many there were', () => {
    const trail = new Trail().calls('i-1', '198.51.100.1', ['08:00', '09:00'], { ...V1, userAgent: 'old-sdk/1' });
    for (const n of [1, 2, 3, 4, 5, 6])
      trail.calls('i-1', `198.51.100.${10 + n}`, `1${n}:00`, { ...V1, userAgent: `tool/${n}` });
    const use = only(trail.facts).imdsV1;
    expect(use?.userAgents).toEqual(['old-sdk/1', 'tool/1', 'tool/2', 'tool/3', 'tool/4']);
    expect(use?.userAgentsLeftOut).toBe(2);
  });

  test('keeps lists short however many origins there are', () => {
    const trail = new Trail();
    for (let n = 0; n < 30; n += 1) trail.calls('i-1', `198.51.100.${100 + n}`, '08:00', V1);
    const use = only(trail.facts).imdsV1;
    expect(use?.origins).toHaveLength(10);
    expect(use?.originsLeftOut).toBe(20);
    expect(use?.hours).toBe(1);
  });

  test('tells apart an instance that needs IMDSv1 and one where only a suspect used it', () => {
    const { facts } = new Trail()
      .calls('i-1', '198.51.100.1', '08:00', V2)
      .calls('i-1', '192.0.2.66', '09:00', V1)
      .calls('i-2', '198.51.100.1', '08:00', V1)
      .calls('i-2', '192.0.2.66', '09:00', V1);
    const isSuspect = (_: unknown, origin: string) => origin === '192.0.2.66';
    expect(told(facts, { isSuspect })).toEqual(['i-2 orders-api imdsv1 2/0', 'i-1 orders-api imdsv1-suspected 1/1']);
  });

  test('is of the time that is asked about', () => {
    const { facts } = new Trail().calls('i-1', '198.51.100.1', ['08:00', '09:00', '10:00'], V1);
    expect(told(facts, { since: at('09:00'), until: at('10:00') })).toEqual(['i-1 orders-api imdsv1 1/0']);
    expect(told(facts, { since: at('11:00') })).toEqual([]);
  });

  test('lists instances of one standing by the hours of IMDSv1, then by account, role and instance', () => {
    const { facts } = new Trail()
      .calls('i-b', '198.51.100.1', '08:00', V1)
      .calls('i-a', '198.51.100.1', '08:00', { ...V1, role: 'web' })
      .calls('i-a', '198.51.100.1', '08:00', V1)
      .calls('i-9', '198.51.100.1', ['08:00', '09:00'], V1)
      .calls('i-c', '198.51.100.1', '08:00', V2)
      .calls('i-1', '198.51.100.1', ['08:00', '09:00'], V2);
    const expected = [
      'i-9 orders-api imdsv1 2/0',
      'i-a orders-api imdsv1 1/0',
      'i-b orders-api imdsv1 1/0',
      'i-a web imdsv1 1/0',
      'i-1 orders-api imdsv2 0/2',
      'i-c orders-api imdsv2 0/1',
    ];
    expect(told(facts)).toEqual(expected);
  });

  test.each<[string, readonly (string | null)[], string | null]>([
    ['unknown', [null], null],
    ['the one that a record shows', [null, 'eu-west-1'], 'eu-west-1'],
    ['the one that a record shows, whichever comes first', ['eu-west-1', null], 'eu-west-1'],
    ['the first of two by name', ['us-east-1', 'eu-west-1'], 'eu-west-1'],
    ['the first of two by name, whichever comes first', ['eu-west-1', 'us-east-1'], 'eu-west-1'],
  ])('its Region is %s', (_, regions, expected) => {
    const trail = new Trail();
    for (const region of regions) trail.calls('i-1', '198.51.100.1', '08:00', { ...V1, region });
    expect(only(trail.facts).region).toBe(expected);
  });

  test('was last seen at the first call of its last hour, over all its keys', () => {
    const times = ['09:20', '09:10', '08:50', '09:30'];
    for (const order of [times, times.toReversed()]) {
      const trail = new Trail();
      for (const time of order) trail.calls('i-1', '198.51.100.1', time, { ...V1, accessKeyId: `ASIA${time}` });
      expect(only(trail.facts).imdsV1).toMatchObject({
        firstSeen: '2026-09-01T08:50:00Z',
        lastSeen: '2026-09-01T09:10:00Z',
      });
    }
  });

  test('has no user agent where calls name none', () => {
    const trail = new Trail();
    const call = sighting(caller('i-1', '198.51.100.1', V1), '08:00');
    const what = callText({ ...callWords(call.event.what), userAgent: null });
    trail.facts.add({ ...call, event: { ...call.event, what } });
    expect(only(trail.facts).imdsV1).toMatchObject({
      hours: 1,
      userAgents: [],
      userAgentsLeftOut: 0,
      originsLeftOut: 0,
    });
  });

  test('a version to come counts as IMDSv2', () => {
    const { facts } = new Trail().calls('i-1', '198.51.100.1', '08:00', { delivery: '3.0' });
    expect(told(facts)).toEqual(['i-1 orders-api imdsv2 0/1']);
  });
});

describe('merges like the facts it is made of', () => {
  test('the same records in any order, duplicated and split over machines, give the same posture', () => {
    const given = trailPlans({ amended: true }).chain((plan) => {
      const records = recordsOf(plan);
      return fc.record({ records: fc.constant(records), deliveries: deliveriesOf(records.length) });
    });
    fc.assert(
      fc.property(given, ({ records, deliveries }) => {
        expect(postureOf(factsDelivered(records, deliveries), NO_NETWORKS)).toEqual(
          postureOf(factsOf(records), NO_NETWORKS),
        );
      }),
      runs(40),
    );
  });

  test('its hours are those that the records themselves show', () => {
    fc.assert(
      fc.property(trailPlans(), (plan) => {
        const records = recordsOf(plan);
        const hours = postureOf(factsOf(records), NO_NETWORKS).reduce(
          (sum, { imdsV1, imdsV2 }) => sum + (imdsV1?.hours ?? 0) + (imdsV2?.hours ?? 0),
          0,
        );
        expect(hours).toBe(hoursIn(records));
      }),
      runs(40),
    );
  });
});

interface RawRecord {
  readonly userIdentity?: {
    readonly arn?: string;
    readonly accountId?: string;
    readonly sessionContext?: { readonly ec2RoleDelivery?: string };
  };
  readonly sourceIPAddress?: string;
  readonly eventType?: string;
  readonly eventName?: string;
  readonly eventTime?: string;
  readonly additionalEventData?: { readonly AuthenticationMethod?: string };
}

/** Counted without any of the code under test: distinct role, instance, version and hour. */
function hoursIn(records: readonly RawRecord[]): number {
  return new Set(records.flatMap((record) => hourIn(record) ?? [])).size;
}

function hourIn({ userIdentity, sourceIPAddress, eventType, eventTime, ...call }: RawRecord): string | null {
  const delivery = userIdentity?.sessionContext?.ec2RoleDelivery;
  const session = /:assumed-role\/([^/]+)\/(i-[0-9a-z]+)$/i.exec(userIdentity?.arn ?? '');
  if (!delivery || !session || !sourceIPAddress || eventType === 'AwsServiceEvent' || isHandedOut(call)) return null;
  return [session[1], session[2], delivery, userIdentity.accountId, eventTime?.slice(0, 13)].join(' ');
}

function isHandedOut({ eventName, additionalEventData }: RawRecord): boolean {
  return additionalEventData?.AuthenticationMethod === 'QueryString' && /Object|Part/.test(eventName ?? '');
}
