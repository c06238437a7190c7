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
  const story = allScenarios().find(({ name }) => name === `kubernetes/${scenario}`);
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
