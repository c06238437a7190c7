import { asffOf } from '../../../../lambda/adapters/security-hub/asff';
import type { Finding } from '../../../../lambda/detection/model/finding';
import { allScenarios, detectIn, factsOf } from '../../../scenario';

const HUB = {
  account: '999988887777',
  region: 'eu-west-1',
  partition: 'aws',
  updatedAt: '2026-09-02T00:00:00Z',
  runbookUrl: 'https://example.org/runbook',
};
const CLUSTER = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';

function findingIn(scenario: string, type?: string): Finding {
  const story = allScenarios().find(
    ({ name }) => name === (scenario.includes('/') ? scenario : `kubernetes/${scenario}`),
  );
  const findings = story ? detectIn(story, factsOf(story.records)).findings : [];
  const finding = type === undefined ? findings[0] : findings.find((one) => one.type === type);
  if (!finding) throw new Error(`no finding in ${scenario}`);
  return finding;
}

function resourcesOf(finding: Finding): [type: string | undefined, id: string | undefined][] {
  return (asffOf(finding, HUB).Resources ?? []).map(({ Type, Id }) => [Type, Id]);
}

test('a container: its workload, cluster, image, mounts and user, and the role and key of the session', () => {
  const finding = findingIn('workshop-privileged-mount', 'ContainerWithSensitiveMount');
  expect(resourcesOf(finding)).toEqual([
    ['Other', 'aws/111122223333/kubernetes-workload/demo/shop/Pod/tool'],
    ['AwsEksCluster', CLUSTER],
    ['Container', 'aws/111122223333/kubernetes-workload/demo/shop/Pod/tool/docker.io/library/nginx'],
    ['Other', `${CLUSTER}/user/ana`],
    ['AwsIamRole', 'arn:aws:iam::111122223333:role/PlatformAdmin'],
    ['AwsIamAccessKey', expect.stringMatching(/^AWS::IAM::AccessKey:ASIA/)],
  ]);
  const [workload, cluster, container] = asffOf(finding, HUB).Resources ?? [];
  expect(workload?.Details?.Other).toMatchObject({ kind: 'kubernetes-workload', objectKind: 'Pod', namespace: 'shop' });
  expect(cluster?.Details?.AwsEksCluster).toEqual({ Arn: CLUSTER, Name: 'demo' });
  expect(cluster?.Region).toBe('eu-west-1');
  expect(container?.Details?.Container).toEqual({
    ImageName: 'docker.io/library/nginx',
    Name: 'tool',
    VolumeMounts: [{ Name: '/etc', MountPath: '/host-etc' }],
  });
});

test('a privileged container says so', () => {
  const { Resources = [] } = asffOf(findingIn('privileged-pod'), HUB);
  expect(Resources.find(({ Type }) => Type === 'Container')?.Details?.Container).toEqual({
    ImageName: 'docker.io/library/nginx',
    Name: 'tool',
    Privileged: true,
  });
});

test('a cluster: the finding’s attributes, and the cluster itself', () => {
  expect(resourcesOf(findingIn('anonymous-lists-pods'))).toEqual([
    ['Other', 'aws/111122223333/eks-cluster/demo'],
    ['AwsEksCluster', CLUSTER],
    ['Other', `${CLUSTER}/user/system:anonymous`],
  ]);
});

test('a cluster that nothing names is no resource of AWS', () => {
  const types = resourcesOf(findingIn('exec-in-an-unknown-cluster')).map(([type]) => type);
  expect(types).toEqual(['Other', 'Other', 'AwsIamRole', 'AwsIamAccessKey']);
});

test('a request to a cluster is no call of AWS', () => {
  expect(asffOf(findingIn('exec-by-websocket'), HUB).Action).toBeUndefined();
});

test('what an agent saw: the pod, its cluster and container, without a user', () => {
  const finding = findingIn('runtime/workshop-installed-curl');
  const pod = 'aws/111122223333/kubernetes-workload/demo/default/Pod/crypto';
  expect(resourcesOf(finding)).toEqual([
    ['Other', pod],
    ['AwsEksCluster', CLUSTER],
    ['Container', `${pod}/docker.io/library/ubuntu`],
  ]);
  const { Resources = [], Action } = asffOf(finding, HUB);
  expect(Resources[0]?.Details?.Other).toMatchObject({ binary: '/usr/bin/curl', namespace: 'default' });
  expect(Resources[2]?.Details?.Container).toEqual({ ImageName: 'docker.io/library/ubuntu', Name: 'crypto' });
  expect(Action).toBeUndefined();
});

test('a node that is named by its instance: the instance too', () => {
  expect(resourcesOf(findingIn('runtime/memfd-on-a-node-named-by-its-instance'))).toContainEqual([
    'AwsEc2Instance',
    'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0',
  ]);
  const types = resourcesOf(findingIn('runtime/memfd-on-a-node')).map(([type]) => type);
  expect(types).toEqual(['Other', 'AwsEksCluster']);
});
