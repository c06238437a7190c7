import { readAuditEvent, readCutLine } from '../../../lambda/kubernetes/read-audit-event';
import { auditEvent, auditRecord, DEMO_CLUSTER } from './audit-records';

const TOKENS = [
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl',
  'k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8',
  'IQoJb3JpZ2luX2VjEXAMPLEEXAMPLE//wEaCXVz',
];

/** Every field that an Event, a Pod, a Secret, a TokenRequest or a patch may have a text in. */
const FULL = auditRecord({
  requestURI: '/api/v1/namespaces/shop/pods/web/exec?command=sh&command=-c&container=web&stdin=true',
  impersonatedUser: { username: 'x', groups: ['x'], extra: { reason: ['x'], arn: ['x'] } },
  sourceIPs: ['10.0.0.1', '198.51.100.7'],
  objectRef: {
    resource: 'pods',
    subresource: 'exec',
    namespace: 'x',
    name: 'x',
    uid: 'x',
    apiGroup: 'x',
    apiVersion: 'x',
  },
  responseStatus: { metadata: {}, status: 'x', reason: 'x', message: 'x', code: 200 },
  requestObject: [
    { op: 'add', path: '/spec/template/spec/containers/0/env/0/value', value: 'x' },
    { op: 'replace', path: '/data/password', value: 'x', from: '/x' },
    { op: 'add', path: '/metadata/annotations', value: { note: 'x' } },
  ],
  responseObject: {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: 'x',
      generateName: 'x',
      namespace: 'x',
      uid: 'x',
      labels: { app: 'x', other: 'x' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x', other: 'x' },
      managedFields: [{ manager: 'x' }],
      ownerReferences: [{ kind: 'x', name: 'x', uid: 'x' }],
    },
    spec: {
      containers: [
        {
          name: 'x',
          image: 'x',
          command: ['x'],
          args: ['x'],
          env: [{ name: 'x', value: 'x' }],
          envFrom: [{ secretRef: { name: 'x' } }],
          lifecycle: { postStart: { exec: { command: ['x'] } } },
          livenessProbe: { httpGet: { httpHeaders: [{ name: 'x', value: 'x' }] } },
          volumeMounts: [{ name: 'x', mountPath: 'x' }],
        },
      ],
      volumes: [{ name: 'x', hostPath: { path: 'x', type: 'x' } }],
      imagePullSecrets: [{ name: 'x' }],
    },
    data: { password: 'x' },
    stringData: { password: 'x' },
    status: { token: 'x', podIP: 'x' },
  },
  unknown: { token: 'x' },
});

/** The record once for each text in it, with `secret` in its place; and where that is. */
function* planted(secret: string, value: unknown = FULL, path = ''): Generator<[path: string, record: unknown]> {
  if (typeof value === 'string') yield [path, secret];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const [where, changed] of planted(secret, inner, `${path}/${key}`)) {
      const copy: unknown = Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
      yield [where, copy];
    }
  }
}

test.each(TOKENS)('the token %s in any field of a record is in no event', (token) => {
  let fields = 0;
  for (const [, record] of planted(token)) {
    fields += 1;
    expect(JSON.stringify(readAuditEvent(record, DEMO_CLUSTER))).not.toContain(token.slice(0, 24));
    const cut = JSON.stringify(record).slice(0, -1);
    expect(JSON.stringify(readCutLine(cut, DEMO_CLUSTER))).not.toContain(token.slice(0, 24));
  }
  expect(fields).toBeGreaterThan(70);
});

test('a secret without any form is kept in these fields alone', () => {
  const kept = [...planted('hunter2')]
    .filter(([, record]) => JSON.stringify(readAuditEvent(record, DEMO_CLUSTER)).includes('hunter2'))
    .map(([path]) => path);

  expect(kept).toEqual([
    '/auditID',
    '/requestURI',
    '/verb',
    '/user/username',
    '/user/groups/0',
    '/user/groups/1',
    '/user/extra/accessKeyId/0',
    '/user/extra/arn/0',
    '/user/extra/sessionName/0',
    '/sourceIPs/0',
    '/userAgent',
    '/objectRef/resource',
    '/objectRef/subresource',
    '/objectRef/namespace',
    '/objectRef/name',
    '/objectRef/uid',
    '/objectRef/apiGroup',
    '/responseObject/kind',
    '/responseObject/apiVersion',
    '/responseObject/metadata/name',
    '/responseObject/metadata/generateName',
    '/responseObject/metadata/namespace',
    '/responseObject/metadata/uid',
    '/responseObject/metadata/labels/app',
    '/responseObject/metadata/ownerReferences/0/kind',
    '/responseObject/metadata/ownerReferences/0/name',
    '/responseObject/metadata/ownerReferences/0/uid',
    '/responseObject/spec/containers/0/name',
    '/responseObject/spec/containers/0/image',
    '/responseObject/spec/containers/0/volumeMounts/0/name',
    '/responseObject/spec/containers/0/volumeMounts/0/mountPath',
    '/responseObject/spec/volumes/0/name',
    '/responseObject/spec/volumes/0/hostPath/path',
    '/responseObject/spec/volumes/0/hostPath/type',
    '/responseObject/status/podIP',
    '/annotations/authorization.k8s.io/decision',
    '/annotations/authorization.k8s.io/reason',
    '/impersonatedUser/username',
    '/impersonatedUser/groups/0',
    '/impersonatedUser/extra/arn/0',
  ]);
});

test('a patch is kept only where its path is', () => {
  const operations = [
    { op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'A', value: 'hunter2' } },
    { op: 'add', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration', value: 'hunter2' },
    { op: 'test', path: '', value: { data: { password: 'hunter2' }, kind: 'Secret' } },
    { op: 'add', path: '/metadata/labels/app.kubernetes.io~1name', value: 'kubernetes-dashboard' },
  ];

  expect(auditEvent({ requestObject: operations }).manifest).toEqual([
    { op: 'add', path: '/spec/template/spec/containers/0/env/-' },
    { op: 'add', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration' },
    { op: 'test', path: '', value: { kind: 'Secret' } },
    { op: 'add', path: '/metadata/labels/app.kubernetes.io~1name', value: 'kubernetes-dashboard' },
  ]);
});
