import { judgingBasisOf, type JudgingBasis } from '../../../../lambda/detection/detect';
import { anchorsOf } from '../../../../lambda/detection/judge/anchors';
import { rivalledPlaces } from '../../../../lambda/detection/judge/displaced-first-use';
import { judge, type Judgement } from '../../../../lambda/detection/judge/judge';
import {
  anchorSummaryOf,
  EVERY_ACCOUNT,
  peersOf,
  placesAt,
  type Peers,
} from '../../../../lambda/detection/judge/peers';
import type { WorkloadKey } from '../../../../lambda/detection/model/workload';
import { subjectOf } from '../../../../lambda/detection/judge/subject';
import { parseSettings } from '../../../../lambda/detection/parse-settings';
import { valueOf } from '../../../../lambda/detection/model/result';
import { allScenarios, factsOf, ipRangesOf, type NamedScenario } from '../../../scenario';
import { ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const EGRESS = '198.51.100.20';

function basisOf({ settings = {}, ipRanges, records }: NamedScenario): JudgingBasis {
  const facts = factsOf(records);
  return judgingBasisOf({ facts, settings: valueOf(parseSettings(settings)), ipRanges: ipRangesOf(ipRanges) });
}

/** The peers of each workload, where of all others only their summaries are known. */
function* apart(basis: JudgingBasis): Generator<readonly [key: WorkloadKey, peers: Peers]> {
  const { workloads, network } = basis;
  const first = [...workloads.values()].map((history) => {
    const subject = subjectOf(history, network);
    return anchorSummaryOf(subject, anchorsOf(subject, network), network);
  });
  const alone = [...workloads.values()].map((history) => [history.key, new Map([[history.key, history]])] as const);
  const summaries = alone.flatMap(([, histories]) => {
    const peers = peersOf(histories, basis, first);
    return [...histories.values()].map((history) =>
      anchorSummaryOf(peers.subject(history), peers.anchors(history), peers, rivalledPlaces(history, peers)),
    );
  });
  for (const [key, histories] of alone) yield [key, peersOf(histories, basis, summaries)];
}

function shown({ decisions, verdicts }: Judgement): unknown {
  return [
    decisions.map(({ rule, outcome, why }) => `${outcome} ${rule}: ${why}`),
    verdicts.map(({ type, severity, contested, owner }) => [type, severity, contested, owner.why]),
  ];
}

describe('a workload is judged by the summaries of its neighbours as by their histories', () => {
  const several = allScenarios().filter(({ name }) => /^(?:shared-egress|endpoint)\//.test(name));

  it.each(several.map((scenario) => [scenario.story, scenario] as const))('%s', (_, scenario) => {
    const { workloads, ...facts } = basisOf(scenario);
    const together = peersOf(workloads, facts);
    const expected = [...workloads.values()].map((history) => [history.key, shown(judge(history, together))]);
    const found = [...apart(basisOf(scenario))].map(([key, peers]) => {
      const history = peers.historyOf(key);
      return [key, history && shown(judge(history, peers))];
    });
    expect(found).toEqual(expected);
  });
});

describe('peers are asked', () => {
  const trail = new Trail({ organizationAccounts: [ACCOUNT, OTHER_ACCOUNT] })
    .calls('i-b', HOME, ['08:00', '09:00'])
    .calls('i-a', HOME, ['08:00', '08:30'])
    .calls('i-c', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, ['08:00', '09:00'])
    .calls('i-d', '198.51.100.30', '08:00')
    .calls('i-d', `vpce-2@${THIRD_ACCOUNT}/10.0.0.6`, '09:00')
    .calls('i-e', EGRESS, '08:00')
    .calls('i-f', EGRESS, '08:00', { account: OTHER_ACCOUNT })
    .changed('CreateNatGateway', '05:00', {
      account: OTHER_ACCOUNT,
      natGatewayId: 'nat-1',
      publicIps: [EGRESS],
      vpcId: 'vpc-9',
    });
  const basis = judgingBasisOf({ facts: trail.facts, settings: trail.allSettings, ipRanges: trail.ranges });
  const near = { region: null, vpcId: null };
  const idsIn = (keys: ReadonlySet<string>): string[] => [...keys].map((key) => key.split('/').at(-1) ?? '').sort();

  it.each<[string, Peers]>([
    ['that have histories', peersOf(basis.workloads, basis)],
    [
      'that have summaries',
      peersOf(
        new Map(),
        basis,
        [...basis.workloads.values()].map((history) => {
          const subject = subjectOf(history, basis.network);
          return anchorSummaryOf(subject, anchorsOf(subject, basis.network), basis.network);
        }),
      ),
    ],
  ])('%s', (_, peers) => {
    expect(
      peers
        .anchoredAt(HOME)
        .map(({ workload, hours, isNode, isRivalled, paths }) => [workload.id, hours, isNode, isRivalled, ...paths]),
    ).toEqual([
      ['i-a', 1, false, false, 'public-ipv4'],
      ['i-b', 2, false, false, 'public-ipv4'],
    ]);
    for (const place of ['vpce-1', 'vpce-1/10.0.0.5'])
      expect(peers.anchoredAt(place).map(({ workload, paths }) => [workload.id, ...paths])).toEqual([
        ['i-c', 'endpoint'],
      ]);
    expect(peers.anchoredAt('198.51.100.99')).toEqual([]);
    expect([peers.settledAt(HOME, ACCOUNT, near), peers.settledAt(HOME, OTHER_ACCOUNT, near)]).toEqual([1, 0]);
    expect([peers.population(ACCOUNT, near), peers.population(OTHER_ACCOUNT, near)]).toEqual([4, 1]);
    expect(idsIn(peers.endpointUsers(ACCOUNT, OTHER_ACCOUNT))).toEqual(['i-c']);
    expect(idsIn(peers.endpointUsers(ACCOUNT, THIRD_ACCOUNT))).toEqual([]);
    expect(idsIn(peers.endpointUses(ACCOUNT, THIRD_ACCOUNT))).toEqual(['i-d']);
    expect(idsIn(peers.anchoredAtNatOf(ACCOUNT, OTHER_ACCOUNT))).toEqual(['i-e']);
    expect(idsIn(peers.anchoredAtNatOf(OTHER_ACCOUNT, OTHER_ACCOUNT))).toEqual(['i-f']);
    expect(idsIn(peers.anchoredAtNatOf(EVERY_ACCOUNT, OTHER_ACCOUNT))).toEqual(['i-e']);
    expect(idsIn(peers.anchoredAtNatOf(EVERY_ACCOUNT, ACCOUNT))).toEqual([]);
  });

  it('by the endpoint, and by the address at it', () => {
    expect([placesAt(HOME), placesAt('vpce-1/10.0.0.5'), placesAt('2001:db8::1')]).toEqual([
      [HOME],
      ['vpce-1/10.0.0.5', 'vpce-1'],
      ['2001:db8::1'],
    ]);
  });
});
