import { administrator, clusterNode, controller } from '../../../../trail-writer/kubernetes/callers';
import { heartbeat, podStatus, registered, removed, START, testPod, tokenRequested, used } from './token-records';
import { factsIn, findingsOn, HELD_INSIDE, NEVER_HELD, shownTokens } from './judged-tokens';

const LAPTOP = '203.0.113.9';
const [WEB, DB] = [testPod(0), testPod(1)];
const [NODE, OTHER] = [WEB.on, DB.on];
/** The log of two pods and their nodes from the beginning. */
const LOG = [heartbeat(NODE, 0), heartbeat(OTHER, 0), podStatus(WEB, 1), podStatus(DB, 1), used(WEB, 2), used(DB, 2)];
const OUTSIDE = [`HIGH ServiceAccountTokenOutside web-0 ${LAPTOP}`];

describe('a pod’s token', () => {
  it('is quiet at the pod', () => {
    expect(shownTokens(LOG)).toEqual([]);
  });

  it('is reported outside, at once', () => {
    expect(shownTokens([...LOG, used(WEB, 3, LAPTOP)])).toEqual(OUTSIDE);
  });

  it('is reported outside where the pod itself never calls', () => {
    expect(shownTokens([...LOG.slice(0, 4), used(WEB, 3, LAPTOP)])).toEqual(OUTSIDE);
  });

  it('is reported where everything is refused', () => {
    expect(shownTokens([...LOG, used(WEB, 3, LAPTOP, { status: 403 })])).toEqual(OUTSIDE);
  });

  it('is reported at another pod, which is named', () => {
    const [finding] = findingsOn(factsIn([...LOG, used(WEB, 3, DB.address)]));
    expect(finding).toMatchObject({
      type: 'ServiceAccountTokenMoved',
      severity: 'MEDIUM',
      title: `Cluster demo: token of pod shop/web-0 used at pod shop/web-1 (${DB.address})`,
      workload: { kind: 'eks-pod', id: `demo/shop/web-0/${WEB.uid}` },
      lock: [
        { origin: { kind: 'cluster', ip: WEB.address }, because: 'own-address' },
        { origin: { kind: 'cluster', ip: NODE.address }, because: 'own-address' },
      ],
    });
  });

  it('is reported at another node, and at a private address of nothing known', () => {
    expect(shownTokens([...LOG, used(WEB, 3, OTHER.address)])).toEqual([
      `MEDIUM ServiceAccountTokenMoved web-0 ${OTHER.address}`,
    ]);
    expect(shownTokens([...LOG, used(WEB, 3, '10.9.9.9')])).toEqual(['MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9']);
  });

  it('may be used at the address of its node', () => {
    expect(shownTokens([...LOG, used(WEB, 3, NODE.address)])).toEqual([]);
  });

  it('may be used at each address of its pod', () => {
    const dual = [...LOG, podStatus(WEB, 1, [WEB.address, '2001:db8:1::7']), used(WEB, 3, '2001:db8:1::7')];
    expect(shownTokens(dual)).toEqual([]);
    expect(shownTokens([...dual, used(WEB, 3, '2001:db8:2::7')])).toEqual([
      'HIGH ServiceAccountTokenOutside web-0 2001:db8:2::7',
    ]);
  });

  it('may be used in declared networks of the cluster’s account', () => {
    const lines = [...LOG, used(WEB, 3, LAPTOP)];
    const declared = (more: object): object => ({ trustedNetworks: [{ cidr: `${LAPTOP}/32`, ...more }] });
    expect(shownTokens(lines, HELD_INSIDE, declared({}))).toEqual([]);
    expect(shownTokens(lines, HELD_INSIDE, declared({ accounts: ['111122223333'] }))).toEqual([]);
    expect(shownTokens(lines, HELD_INSIDE, declared({ accounts: ['444455556666'] }))).toEqual(OUTSIDE);
    expect(shownTokens(lines, HELD_INSIDE, declared({ roles: ['shop-node'] }))).toEqual(OUTSIDE);
  });

  it('is the same when its node has renewed it', () => {
    const renewed = { identity: { renewal: 1 } };
    expect(shownTokens([...LOG, used(WEB, 60, WEB.address, renewed)])).toEqual([]);
    expect(shownTokens([...LOG, used(WEB, 60, LAPTOP, renewed), used(WEB, 61, LAPTOP)])).toEqual(OUTSIDE);
  });

  it('is another when its pod is another of the same name', () => {
    const next = { ...WEB, uid: 'a0000000-0000-4000-8000-000000000001', address: '10.0.128.99' };
    const lines = [...LOG, removed(WEB, 5), podStatus(next, 6), used(next, 7)];
    expect(shownTokens(lines)).toEqual([]);
    expect(shownTokens([...lines, used(next, 8, WEB.address)])).toEqual([
      `MEDIUM ServiceAccountTokenMoved web-0 ${WEB.address}`,
    ]);
  });

  it('is read from the connection’s address alone', () => {
    const claim = (address: string, forwardedFor: readonly string[]) => used(WEB, 3, address, { forwardedFor });
    expect(shownTokens([...LOG, claim(LAPTOP, [WEB.address])])).toEqual(OUTSIDE);
    expect(shownTokens([...LOG, claim(WEB.address, [LAPTOP])])).toEqual([]);
  });

  it('of a pod that was deleted is reported at any other place', () => {
    const lines = [...LOG, removed(WEB, 5)];
    expect(shownTokens([...lines, used(WEB, 9, '10.9.9.9')])).toEqual([
      'HIGH ServiceAccountTokenOutside web-0 10.9.9.9',
    ]);
    expect(shownTokens([...lines, used(WEB, 6, '10.9.9.9')])).toEqual([
      'MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9',
    ]);
    expect(shownTokens([...lines, used(WEB, 9)])).toEqual([]);
  });

  it('lives as long as the pod’s grace period', () => {
    const metadata = { name: WEB.pod, uid: WEB.uid, deletionTimestamp: '2026-09-01T10:35:00Z' };
    const person = administrator('Admin', 'ana', '192.0.2.20', 'kubectl');
    const lines = [...LOG, removed(WEB, 5, { caller: person, stored: { kind: 'Pod', metadata } })];
    const moved = ['MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9'];
    expect(shownTokens([...lines, used(WEB, 30, '10.9.9.9')])).toEqual(moved);
    expect(
      shownTokens([
        ...LOG,
        removed(WEB, 5, { uri: '/api/v1/namespaces/shop/pods/web-0?dryRun=All' }),
        used(WEB, 5, '10.9.9.9'),
      ]),
    ).toEqual(moved);
  });
});

describe('a way out that nodes share', () => {
  const NAT = '198.51.100.5';
  const held = ({ place }: { place: string }): boolean => place.startsWith('10.') || place === NAT;

  it('is their pods’ too', () => {
    const lines = [...LOG, heartbeat(NODE, 2, NAT), used(WEB, 3, NAT)];
    expect(shownTokens(lines, held)).toEqual([]);
  });

  it('is that of pods on other nodes, if two nodes show it', () => {
    const third = testPod(2);
    const lines = [...LOG, podStatus(third, 1), used(third, 3, NAT), heartbeat(NODE, 2, NAT)];
    expect(shownTokens(lines, held)).toEqual([`MEDIUM ServiceAccountTokenMoved web-2 ${NAT}`]);
    expect(shownTokens([...lines, heartbeat(OTHER, 2, NAT)], held)).toEqual([]);
  });
});

describe('a pod that was there before the log', () => {
  const late = [heartbeat(NODE, 0), heartbeat(OTHER, 0)];

  it('is at its earliest private place', () => {
    expect(shownTokens([...late, used(WEB, 2), used(WEB, 9)])).toEqual([]);
    expect(shownTokens([...late, used(WEB, 2), used(WEB, 9, '10.9.9.9')])).toEqual([
      'MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9',
    ]);
    expect(shownTokens([...late, used(WEB, 9), used(WEB, 2, LAPTOP)])).toEqual(OUTSIDE);
  });

  it('is at no public place while its node’s are known', () => {
    expect(shownTokens([...late, used(WEB, 2, LAPTOP)])).toEqual(OUTSIDE);
    expect(shownTokens([used(WEB, 2, LAPTOP)])).toEqual([]);
    expect(shownTokens([used(WEB, 2, LAPTOP), used(WEB, 3, '192.0.2.77')])).toEqual([
      'HIGH ServiceAccountTokenOutside web-0 192.0.2.77',
    ]);
  });

  it('is where it is known to be as soon as that is known', () => {
    const lines = [...late, used(WEB, 2), used(WEB, 9, '10.9.9.9')];
    expect(shownTokens([...lines, podStatus(WEB, 10, ['10.9.9.9'])])).toEqual([
      `MEDIUM ServiceAccountTokenMoved web-0 ${WEB.address}`,
    ]);
    expect(shownTokens([...lines, podStatus(WEB, 10, ['10.9.9.9', WEB.address])])).toEqual([]);
  });

  it('may have an IPv6 address', () => {
    expect(shownTokens([...late, used(WEB, 2, '2001:db8:1::7')])).toEqual([]);
  });
});

describe('nodes without an AWS session that is locked', () => {
  it('convict nobody', () => {
    expect(shownTokens(LOG, NEVER_HELD)).toEqual([]);
    expect(shownTokens([...LOG.slice(0, 4), used(WEB, 3, '198.51.100.5')], NEVER_HELD)).toEqual([]);
  });

  it('leave two places that differ', () => {
    expect(shownTokens([...LOG, used(WEB, 3, LAPTOP)], NEVER_HELD)).toEqual(OUTSIDE);
  });
});

describe('a token that somebody requested', () => {
  const credential = 'JTI=d0000000-0000-4000-8000-000000000001';
  const account = 'kube-system/clusterrole-aggregation-controller';
  const PERSON = administrator('Dev', 'eve', '192.0.2.20', 'kubectl');
  const minted = (minute: number, address: string) => {
    const caller = controller('clusterrole-aggregation-controller');
    const extra = { 'authentication.kubernetes.io/credential-id': [credential] };
    return used({ ...WEB, namespace: 'kube-system' }, minute, address, { caller: { ...caller, extra, address } });
  };
  const request = tokenRequested(PERSON, 1, { credential, account });

  it('stays where it was requested', () => {
    expect(shownTokens([request, minted(2, '192.0.2.20')])).toEqual([]);
    expect(shownTokens([request, minted(2, LAPTOP)])).toEqual([
      `HIGH ServiceAccountTokenOutside clusterrole-aggregation-controller ${LAPTOP}`,
    ]);
  });

  it('is of no interest where nobody was seen to request it', () => {
    expect(shownTokens([minted(2, '192.0.2.20'), minted(3, LAPTOP)])).toEqual([]);
  });

  it('is locked to its first place with unboundTokens', () => {
    const settings = { kubernetes: { unboundTokens: true } };
    expect(shownTokens([minted(2, '192.0.2.20')], HELD_INSIDE, settings)).toEqual([]);
    expect(shownTokens([minted(2, '192.0.2.20'), minted(3, LAPTOP)], HELD_INSIDE, settings)).toHaveLength(1);
  });
});

test('a flood of places is bounded, and makes none of them the first', () => {
  const flood = Array.from({ length: 300 }, (_, at) => used(WEB, 3 + at, `198.51.100.${at % 250}`));
  const [finding] = findingsOn(factsIn([...flood, used(WEB, 900)]), NEVER_HELD);
  expect(finding).toMatchObject({ type: 'ServiceAccountTokenOutside', calls: null, callsAtLeast: 200 });
  expect(finding?.ruledOut.at(-1)?.because).toContain('too many places');
});

test('a finding states the home, the request and what was ruled out', () => {
  const [finding] = findingsOn(factsIn([...LOG, registered(NODE, -5), used(WEB, 3, LAPTOP)]));
  expect(finding?.description).toMatchInlineSnapshot(
    `"system:serviceaccount:shop:web used the token of pod shop/web-0 elsewhere in cluster demo (account 111122223333, eu-west-1), at 2026-09-01T10:03:00Z from 203.0.113.9. Such a token was copied out of its pod, and gives anyone who has it the rights of the service account."`,
  );
  expect([...(finding?.evidence ?? []), finding?.ruledOut]).toMatchInlineSnapshot(`
    [
      "203.0.113.9 is no known address of the cluster’s pods and nodes.",
      "The pod has 10.0.128.10; it runs on ip-10-0-0-10.eu-west-1.compute.internal (i-08f1b614611b4242c).",
      "The owner is not known.",
      "2026-09-01T10:03:00Z: system:serviceaccount:shop:web used the token of pod shop/web-0 elsewhere (list secrets from 203.0.113.9 by shop/v1 (linux/amd64) kubernetes/0000000), record 7c85370f-2e50-4273-a7c6-578cef739807.",
      [
        {
          "because": "no network of trustedNetworks for the cluster’s account contains 203.0.113.9",
          "explanation": "declared-network",
        },
        {
          "because": "the pod had 10.0.128.10",
          "explanation": "own-address",
        },
        {
          "because": "its node ip-10-0-0-10.eu-west-1.compute.internal has no known address by its status",
          "explanation": "node-address",
        },
        {
          "because": "the kubelet of its node called from 10.0.0.10",
          "explanation": "kubelet-address",
        },
        {
          "because": "the kubelets of fewer than two nodes called from there",
          "explanation": "shared-egress",
        },
        {
          "because": "the pod was seen at a place of its own",
          "explanation": "first-use",
        },
      ],
    ]
  `);
});

test('a held place is asked with the session, the cluster and the time of the use', () => {
  const asked: unknown[] = [];
  shownTokens([...LOG, used(WEB, 30, NODE.address)], (call) => {
    asked.push(call);
    return true;
  });
  expect(asked).toContainEqual({
    cluster: expect.objectContaining({ name: 'demo' }),
    session: `arn:aws:sts::111122223333:assumed-role/shop-node/${clusterNode(0).instance}`,
    place: NODE.address,
    time: START + 30 * 60_000,
  });
});

describe('a node name that comes again', () => {
  it('has the lock of each of its instances in turn', () => {
    const lines = Array.from({ length: 120 }, (_, at) => {
      const node = { ...clusterNode(0), instance: `i-0${String(at).padStart(16, '0')}` };
      const pod = { ...WEB, on: node, uid: `uid-${at}` };
      const minute = at * 60;
      return [
        registered(node, minute),
        heartbeat(node, minute + 1),
        heartbeat(node, minute + 1, `10.1.0.${at}`),
        podStatus(pod, minute + 2, [pod.address, '10.0.200.1']),
        ...[pod.address, '10.0.200.1', `10.1.0.${at}`].map((place) => used(pod, minute + 3, place)),
        ...(at === 119 ? [used(pod, minute + 4, '10.9.9.9')] : []),
      ];
    });
    expect(shownTokens(lines.flat())).toEqual(['MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9']);
  });
});
