import { readAuditEvent, readCutLine } from '../../../lambda/kubernetes/read-audit-event';
import { auditEvent, auditRecord, DEMO_CLUSTER } from './audit-records';

const POD = {
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1' },
  spec: { containers: [{ name: 'web', image: 'nginx', securityContext: { privileged: true } }] },
};

test('an event has what rules need, and nothing else', () => {
  expect(readAuditEvent(auditRecord(), DEMO_CLUSTER)).toEqual({
    id: 'arn:aws:eks:eu-west-1:111122223333:cluster/demo/6f0d7d7e-4f7c-4a51-9e43-0d2f4e8f0001',
    auditId: '6f0d7d7e-4f7c-4a51-9e43-0d2f4e8f0001',
    cluster: DEMO_CLUSTER,
    time: Date.parse('2026-09-01T10:00:00.123Z'),
    stage: 'ResponseComplete',
    verb: 'list',
    requestUri: '/api/v1/namespaces/shop/pods',
    user: {
      username: 'ana',
      groups: ['shop:admins', 'system:authenticated'],
      awsArn: 'arn:aws:sts::111122223333:assumed-role/Admin/ana',
      accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
      extra: {
        accessKeyId: ['ASIAEXAMPLEEXAMPLE00'],
        arn: ['arn:aws:sts::111122223333:assumed-role/Admin/ana'],
        sessionName: ['ana'],
      },
    },
    impersonated: null,
    source: '198.51.100.7',
    claimedSources: [],
    userAgent: 'kubectl/v1.33.4 (linux/amd64) kubernetes/0000000',
    object: { resource: 'pods', subresource: null, apiGroup: null, namespace: 'shop', name: null, uid: null },
    status: 200,
    allowed: true,
    manifest: null,
    manifestFrom: null,
    truncated: false,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
  });
});

describe('stages', () => {
  test.each([
    ['RequestReceived', 200, 'list', null],
    ['Panic', 500, 'list', null],
    ['ResponseStarted', 200, 'list', null],
    ['ResponseStarted', 200, 'watch', 'ResponseStarted'],
    ['ResponseStarted', 101, 'get', 'ResponseStarted'],
    ['ResponseStarted', 101, 'create', 'ResponseStarted'],
    ['ResponseComplete', 403, 'list', 'ResponseComplete'],
  ])('%s with %d of a %s is %s', (stage, code, verb, read) => {
    const event = readAuditEvent(auditRecord({ stage, verb, responseStatus: { code } }), DEMO_CLUSTER);

    expect(event && 'stage' in event ? event.stage : event).toBe(read);
  });

  test('both stages of a request have one id and the time when it was received', () => {
    const [started, complete] = ['ResponseStarted', 'ResponseComplete'].map((stage) =>
      auditEvent({
        stage,
        verb: 'get',
        responseStatus: { code: 101 },
        stageTimestamp: `2026-09-01T1${stage.length}:00:00Z`,
      }),
    );

    expect([started?.id, started?.time]).toEqual([complete?.id, complete?.time]);
  });

  test('a missing stage with a status counts as complete, a missing verb is unknown', () => {
    expect(auditEvent({ stage: undefined, verb: undefined })).toMatchObject({ stage: 'ResponseComplete', verb: null });
  });

  test('kind and apiVersion are not needed, and may be those of 2018', () => {
    expect(auditEvent({ kind: undefined, apiVersion: undefined }).verb).toBe('list');
    expect(auditEvent({ apiVersion: 'audit.k8s.io/v1beta1' }).verb).toBe('list');
  });
});

describe('faults', () => {
  test.each([
    [null, 'no JSON object'],
    ['text', 'no JSON object'],
    [[auditRecord()], 'no JSON object'],
    [{ kind: 0 }, 'no audit event (auditID and stage)'],
    [auditRecord({ auditID: undefined }), 'no audit event (auditID and stage)'],
    [auditRecord({ stage: undefined, responseStatus: undefined }), 'no audit event (auditID and stage)'],
    [auditRecord({ requestReceivedTimestamp: 'soon', stageTimestamp: undefined }), 'no time'],
  ])('%j', (line, fault) => {
    expect(readAuditEvent(line, DEMO_CLUSTER)).toEqual({ fault });
  });

  test('the time it was logged at is taken where the record has none', () => {
    const line = auditRecord({ requestReceivedTimestamp: undefined, stageTimestamp: undefined });

    expect(readAuditEvent(line, DEMO_CLUSTER, 1_000)).toMatchObject({ time: 1_000 });
  });
});

describe('sources', () => {
  test.each([
    [['203.0.113.9', '10.0.0.1', '198.51.100.7'], '198.51.100.7', ['203.0.113.9', '10.0.0.1']],
    [['198.51.100.7', '::FFFF:10.0.0.1'], '10.0.0.1', ['198.51.100.7']],
    [['12.000.22.33'], null, []],
    [[], null, []],
    ['198.51.100.7', null, []],
    [undefined, null, []],
  ])('of %j the last one is %s, the others are claims', (sourceIPs, source, claimedSources) => {
    expect(auditEvent({ sourceIPs })).toMatchObject({ source, claimedSources });
  });

  test('the last of a thousand forged addresses is still the source', () => {
    const forged = Array.from({ length: 1_000 }, () => '10.0.0.1');

    expect(auditEvent({ sourceIPs: [...forged, '198.51.100.7'] }).source).toBe('198.51.100.7');
  });
});

test('an impersonated user stands beside the one who authenticated', () => {
  const event = auditEvent({ impersonatedUser: { username: 'system:anonymous', groups: ['system:unauthenticated'] } });

  expect([event.user.username, event.impersonated?.username]).toEqual(['ana', 'system:anonymous']);
});

describe('manifests', () => {
  test('the stored object comes before the one that was sent', () => {
    expect(auditEvent({ requestObject: { spec: { type: 'NodePort' } }, responseObject: POD })).toMatchObject({
      manifest: POD,
      manifestFrom: 'response',
    });
  });

  test.each([
    [{ kind: 'Status', status: 'Failure' }],
    [{ kind: 'Table', rows: [] }],
    [{ kind: 'PartialObjectMetadata', metadata: { name: 'web' } }],
    [{}],
    [null],
    [undefined],
  ])('an answer %j, which may be asked for, shows nothing: what was sent is judged', (responseObject) => {
    expect(auditEvent({ requestObject: POD, responseObject })).toMatchObject({
      manifest: POD,
      manifestFrom: 'request',
    });
  });

  test.each([
    ['merge patch', { spec: { type: 'LoadBalancer' } }],
    ['strategic merge patch', { spec: { containers: [{ name: 'web', $patch: 'delete' }] } }],
    ['apply', POD],
    ['JSON patch', [{ op: 'add', path: '/subjects/0', value: { kind: 'User', name: 'system:anonymous' } }]],
    ['list', { kind: 'List', items: [POD, null, POD] }],
  ])('a %s is kept', (_, requestObject) => {
    expect(auditEvent({ requestObject })).toMatchObject({ manifest: requestObject, manifestFrom: 'request' });
  });

  test.each([[null], ['kind: Pod'], [7]])('an object %j is none', (requestObject) => {
    expect(auditEvent({ requestObject, responseObject: null })).toMatchObject({ manifest: null, manifestFrom: null });
  });

  test('objects left out by the API server are said to be', () => {
    expect(auditEvent({ annotations: { 'audit.k8s.io/truncated': 'true' } })).toMatchObject({
      truncated: true,
      allowed: null,
      annotations: {},
    });
  });

  test('nesting without end is cut', () => {
    const deep = JSON.parse(`${'{"items":['.repeat(3_000)}1${']}'.repeat(3_000)}`) as unknown;

    expect(JSON.stringify(auditEvent({ responseObject: deep }).manifest).length).toBeLessThan(400);
  });
});

describe('commands', () => {
  test.each([
    [
      '/exec?command=sh&command=-c&command=cat+/secret&container=web&stdin=true',
      '/exec?command=sh&container=web&stdin=true',
    ],
    ['/exec?command=curl%20-H%20secret', '/exec?command=curl'],
    ['/exec?command=+sh+secret', '/exec?command=sh'],
    ['/exec?command=', '/exec?command='],
    ['/exec?token=secret', '/exec'],
    ['/api/v1/nodes/n/proxy/run/kube-system/p/c?cmd=ls+/secret', '/api/v1/nodes/n/proxy/run/kube-system/p/c?cmd=ls'],
    [
      '/api/v1/namespaces/shop/services/web:80/proxy/login/secret?t=secret',
      '/api/v1/namespaces/shop/services/web:80/proxy/',
    ],
    ['/api/v1/namespaces/shop/pods?dryRun=All&pretty=true', '/api/v1/namespaces/shop/pods?dryRun=All'],
  ])('%s', (requestURI, kept) => {
    expect(auditEvent({ requestURI }).requestUri).toBe(kept);
  });
});

describe('a line that was cut', () => {
  const line = JSON.stringify(auditRecord({ verb: 'create', requestObject: POD, responseObject: POD }));

  test('is read from its uncut beginning', () => {
    const cut = `${line.slice(0, line.indexOf('"requestObject"') + 40)}[Truncated...]`;

    expect(readCutLine(cut, DEMO_CLUSTER, 1_000)).toMatchObject({
      time: 1_000,
      verb: 'create',
      user: { username: 'ana' },
      object: { resource: 'pods' },
      status: 200,
      manifest: null,
      truncated: true,
    });
  });

  test('has the manifest that was sent if only the stored one is cut', () => {
    const cut = line.slice(0, line.indexOf('"responseObject"') + 40);

    expect(readCutLine(cut, DEMO_CLUSTER, 1_000)).toMatchObject({ manifest: POD, manifestFrom: 'request' });
  });

  test('is no event if its object is cut off, or its stage is one that is not read', () => {
    expect(readCutLine(line.slice(0, line.indexOf('"objectRef"') + 20), DEMO_CLUSTER, 1)).toEqual({
      fault: 'cut before the object',
    });
    expect(readCutLine(line.replace('ResponseComplete', 'RequestReceived').slice(0, 900), DEMO_CLUSTER, 1)).toBeNull();
  });

  test.each(['', '{', 'kube-apiserver: restarting', '{"kind":"Event","level":', '{"auditID'])(
    '%j is no JSON',
    (text) => {
      expect(readCutLine(text, DEMO_CLUSTER)).toEqual({ fault: 'no JSON' });
    },
  );

  test('at any place is read without throwing', () => {
    for (let end = 0; end < line.length; end += 1) {
      const event = readCutLine(line.slice(0, end), DEMO_CLUSTER, 1);
      expect(event === null || 'fault' in event || event.truncated).toBe(true);
    }
  });
});
