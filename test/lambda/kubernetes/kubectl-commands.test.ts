import { nextSteps } from '../../../bin/report/next-steps';
import { isKubernetesType, KUBERNETES_FINDING_TYPES, type Finding } from '../../../lambda/detection/model/finding';
import { kubectlCommands } from '../../../lambda/kubernetes/kubectl-commands';
import { allScenarios, detectIn, factsOf } from '../../scenario';

const FINDINGS = allScenarios()
  .flatMap((scenario) => detectIn(scenario, factsOf(scenario.records)).findings)
  .filter(({ type }) => isKubernetesType(type));

function commandsOf(finding: Finding): string[] {
  return nextSteps(finding).flatMap(({ commands }) => [...commands]);
}

function findingIn(scenario: string): Finding {
  const story = allScenarios().find(
    ({ name }) => name === (scenario.includes('/') ? scenario : `kubernetes/${scenario}`),
  );
  const [finding] = story ? detectIn(story, factsOf(story.records)).findings : [];
  if (!finding) throw new Error(`no finding in ${scenario}`);
  return finding;
}

test('every type of finding has a step with a command', () => {
  const types = FINDINGS.filter((finding) => commandsOf(finding).length > 1).map(({ type }) => type);
  expect(new Set(types)).toEqual(new Set(KUBERNETES_FINDING_TYPES));
});

test.each([
  [
    'exec-by-websocket',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get pod --namespace kube-system nginx --output yaml',
      "SERVICE_ACCOUNT=$(kubectl get pod --namespace kube-system nginx --output jsonpath='{.spec.serviceAccountName}')",
      'kubectl auth can-i --list --namespace kube-system --as "system:serviceaccount:"kube-system":$SERVICE_ACCOUNT"',
      'kubectl logs --namespace kube-system nginx --all-containers --timestamps > pod.log',
      'kubectl delete pod --namespace kube-system nginx',
    ],
  ],
  [
    'runtime/workshop-installed-curl',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get pod --namespace default crypto --output yaml',
      "SERVICE_ACCOUNT=$(kubectl get pod --namespace default crypto --output jsonpath='{.spec.serviceAccountName}')",
      'kubectl auth can-i --list --namespace default --as "system:serviceaccount:"default":$SERVICE_ACCOUNT"',
      'kubectl logs --namespace default crypto --all-containers --timestamps > pod.log',
      'kubectl delete pod --namespace default crypto',
    ],
  ],
  [
    'runtime/memfd-on-a-node',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get node ip-10-0-1-23.eu-west-1.compute.internal --output yaml',
    ],
  ],
  ['runtime/container-without-a-pod', ['aws eks update-kubeconfig --region eu-west-1 --name demo']],
  [
    'binding-to-anonymous',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get clusterrolebinding anonymous-view --output yaml',
      'kubectl get clusterroles,roles --all-namespaces --field-selector metadata.name=view --output yaml',
      'kubectl delete clusterrolebinding anonymous-view',
    ],
  ],
  [
    'workshop-dashboard-patch',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get service --namespace kubernetes-dashboard kubernetes-dashboard --output yaml',
      `kubectl patch service --namespace kubernetes-dashboard kubernetes-dashboard --patch '{"spec":{"type":"ClusterIP"}}'`,
    ],
  ],
  [
    'privileged-deployment-and-its-pods',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get deployment --namespace shop agent --output yaml',
      'kubectl get pods --namespace shop --output wide',
      'kubectl delete deployment --namespace shop agent',
    ],
  ],
  [
    'volume-of-etc',
    [
      'aws eks update-kubeconfig --region eu-west-1 --name demo',
      'kubectl get persistentvolume disk --output yaml',
      'kubectl delete persistentvolume disk',
    ],
  ],
])('%s', (scenario, commands) => {
  expect(commandsOf(findingIn(scenario))).toEqual(expect.arrayContaining(commands));
});

test('where nothing names the cluster there is no line that signs in to it', () => {
  const commands = commandsOf(findingIn('exec-in-an-unknown-cluster'));
  expect(commands[0]).toBe('kubectl get pod --namespace kube-system nginx --output yaml');
});

test.each(['--all', '-A', 'web; rm -rf ~', '$(id)', "a'b", 'web\u202e', 'all/../web', ''])(
  'no command has a name that Kubernetes does not allow: %j',
  (evil) => {
    const { type, workload } = findingIn('privileged-deployment-and-its-pods');
    if (!workload) throw new Error('no workload');
    for (const key of ['objectName', 'objectKind', 'namespace']) {
      const changed = { ...workload, attributes: { ...workload.attributes, [key]: evil } };
      expect(kubectlCommands('undo', { type, workload: changed })).toEqual([null]);
      expect(kubectlCommands('inspect', { type, workload: changed })[1]).toBeNull();
    }
  },
);
