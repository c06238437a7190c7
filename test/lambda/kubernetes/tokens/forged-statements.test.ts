import { administrator, controller, controlPlane } from '../../../../trail-writer/kubernetes/callers';
import { shownTokens } from './judged-tokens';
import {
  endpoints,
  heartbeat,
  kubeletAt,
  nodeStatus,
  podStatus,
  registered,
  removed,
  testPod,
  tokenRequested,
  used,
} from './token-records';

const LAPTOP = '203.0.113.9';
const [WEB, DB] = [testPod(0), testPod(1)];
const [NODE, OTHER] = [WEB.on, DB.on];
const LOG = [heartbeat(NODE, 0), heartbeat(OTHER, 0), podStatus(WEB, 1), podStatus(DB, 1), used(WEB, 2), used(DB, 2)];
const OUTSIDE = [`HIGH ServiceAccountTokenOutside web-0 ${LAPTOP}`];

describe('an attacker with the credentials of nodes', () => {
  const stolen = (...more: Parameters<typeof shownTokens>[0]): string[] =>
    shownTokens([...LOG, used(WEB, 5, LAPTOP), ...more]);

  it('does not make his place that of a node', () => {
    expect(stolen(heartbeat(NODE, 3, LAPTOP))).toEqual(OUTSIDE);
    expect(stolen(heartbeat(NODE, -60, LAPTOP))).toEqual(OUTSIDE);
  });

  it('does not make it a shared way out by two of them', () => {
    expect(stolen(heartbeat(NODE, 3, LAPTOP), heartbeat(OTHER, 3, LAPTOP))).toEqual(OUTSIDE);
  });

  it('does not make it an address of a pod or node', () => {
    expect(stolen(podStatus(WEB, 3, [LAPTOP], LAPTOP))).toEqual(OUTSIDE);
    expect(stolen(nodeStatus(NODE, 3, [LAPTOP], LAPTOP))).toEqual(OUTSIDE);
  });

  it('does not make it one from the node itself', () => {
    expect(stolen(podStatus(WEB, 3, [LAPTOP]))).toEqual(OUTSIDE);
    expect(stolen(nodeStatus(NODE, 3, [LAPTOP]))).toEqual(OUTSIDE);
  });

  it('does not make a place in the network that of a pod, through endpoints either', () => {
    const inside = '10.9.9.9';
    const moved = [`MEDIUM ServiceAccountTokenMoved web-0 ${inside}`];
    const lied = { ...WEB, address: inside };
    const lines = [...LOG, used(WEB, 5, inside), heartbeat(NODE, 3, LAPTOP), podStatus(lied, 3, [inside], LAPTOP)];
    expect(shownTokens(lines)).toEqual(moved);
    expect(shownTokens([...lines, endpoints([lied], 4), removed(lied, 9)])).toEqual(moved);
  });

  it('does not undo what was stored before', () => {
    const lines = [heartbeat(NODE, 0), used(WEB, 3), endpoints([WEB], 2), heartbeat(NODE, 4, LAPTOP)];
    expect(shownTokens(lines)).toEqual([]);
    expect(shownTokens([...lines, used(WEB, 5, '10.9.9.9')])).toEqual([
      'MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9',
    ]);
  });

  it('does not speak for a node of another instance', () => {
    const stranger = { ...NODE, instance: 'i-0eeeeeeeeeeeeeeee' };
    const lines = [...LOG, used(WEB, 5, '10.9.9.9'), heartbeat(stranger, 4, '10.9.9.9')];
    expect(shownTokens([...lines, registered(NODE, -5)])).toEqual(['MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9']);
  });

  it('does not speak for pods on other nodes', () => {
    const lied = { ...WEB, on: OTHER };
    expect(shownTokens([...LOG, used(WEB, 5, '10.9.9.9'), podStatus(lied, 4, ['10.9.9.9'])])).toEqual([
      'MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9',
    ]);
  });

  it('gets no token of his own by them', () => {
    const credential = 'JTI=b0000000-0000-4000-8000-000000000001';
    const minted = tokenRequested(kubeletAt(NODE, LAPTOP), 4, { credential, account: 'shop/web' });
    const use = used(WEB, 5, LAPTOP);
    expect(shownTokens([...LOG, minted, use])).toEqual(OUTSIDE);
  });
});

describe('endpoints', () => {
  const PERSON = administrator('Admin', 'ana', LAPTOP, 'kubectl');
  const inside = { ...WEB, address: '10.9.9.9' };
  const lines = [...LOG, used(WEB, 5, '10.9.9.9')];
  const MOVED = ['MEDIUM ServiceAccountTokenMoved web-0 10.9.9.9'];

  it('count from their controller', () => {
    expect(shownTokens([...lines, endpoints([inside], 4)])).toEqual([]);
  });

  it('do not count from a token without an id, which anybody with rights to secrets can make', () => {
    expect(shownTokens([...lines, endpoints([inside], 4, controller('endpoint-controller'))])).toEqual(MOVED);
  });

  it('do not count from people, or from roles that are called like it', () => {
    expect(shownTokens([...lines, endpoints([inside], 4, PERSON)])).toEqual(MOVED);
    const mapped = { ...PERSON, username: 'system:serviceaccount:kube-system:endpoint-controller' };
    expect(shownTokens([...lines, endpoints([inside], 4, mapped)])).toEqual(MOVED);
  });

  it('do not count from a token that a person got for it', () => {
    const credential = 'JTI=c0000000-0000-4000-8000-000000000001';
    const extra = { 'authentication.kubernetes.io/credential-id': [credential] };
    const minted = { ...controller('endpoint-controller'), extra };
    const account = 'kube-system/endpoint-controller';
    const forged = [...lines, endpoints([inside], 4, minted)];
    expect(shownTokens([...forged, tokenRequested(PERSON, 3, { credential, account })])).toContain(MOVED[0]);
    const manager = controlPlane('system:kube-controller-manager', 'kube-controller-manager');
    expect(shownTokens([...forged, tokenRequested(manager, 3, { credential, account })])).toEqual([]);
  });
});
