import { kindNamed } from '../../../../lambda/detection/kinds/all-kinds';
import type { FindingWorkload } from '../../../../lambda/detection/model/finding';
import type { WorkloadKind } from '../../../../lambda/detection/model/workload-kind';
import { ACCOUNT, REGION } from '../trail';

function workload(kind: string, id: string, over: Partial<FindingWorkload> = {}): FindingWorkload {
  return { kind, id, account: ACCOUNT, region: REGION, partition: 'aws', attributes: {}, ...over };
}

function kindOf({ kind }: FindingWorkload): WorkloadKind {
  const found = kindNamed(kind);
  if (!found) throw new Error(`no kind ${kind}`);
  return found;
}

const INSTANCE = workload('ec2-instance', 'i-1');
const TASK = workload('ecs-task', 't-1', { attributes: { cluster: 'demo' } });
const POD = workload('eks-pod', 'demo/shop/orders-1', {
  attributes: { cluster: 'demo', namespace: 'shop', serviceAccount: 'orders', pod: 'orders-1' },
});
const SERVICE_ACCOUNT = workload('eks-pod', 'oidc/x/shop/orders', {
  attributes: { provider: 'x', namespace: 'shop', serviceAccount: 'orders' },
});
const FUNCTION = workload('lambda-function', 'orders');
const UNNAMED_FUNCTION = workload('lambda-function', 'role/orders');
const SESSION = workload('service-session', 'orders-api/job', { region: null });
const POD_KEY = `aws/${ACCOUNT}/eks-pod/demo/shop/orders-1`;

describe('a workload is a resource of Security Hub', () => {
  const arn = (service: string, resource: string, region = REGION): string =>
    `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
  const cluster = arn('eks', 'cluster/demo');

  it.each<[string, FindingWorkload, string, string, object]>([
    ['an instance', INSTANCE, 'AwsEc2Instance', arn('ec2', 'instance/i-1'), {}],
    ['an instance of unknown Region', { ...INSTANCE, region: null }, 'AwsEc2Instance', 'i-1', {}],
    [
      'a task',
      TASK,
      'AwsEcsTask',
      arn('ecs', 'task/demo/t-1'),
      { AwsEcsTask: { ClusterArn: arn('ecs', 'cluster/demo') } },
    ],
    ['a task of unknown Region', { ...TASK, region: null }, 'AwsEcsTask', 't-1', {}],
    ['a task of unknown cluster', { ...TASK, attributes: {} }, 'AwsEcsTask', arn('ecs', 'task/t-1'), {}],
    ['a pod', POD, 'Other', POD_KEY, {}],
    [
      'a function',
      FUNCTION,
      'AwsLambdaFunction',
      arn('lambda', 'function:orders'),
      { AwsLambdaFunction: { FunctionName: 'orders' } },
    ],
    [
      'a function at the edge',
      { ...FUNCTION, region: 'GLOBAL' },
      'AwsLambdaFunction',
      arn('lambda', 'function:orders', 'us-east-1'),
      { AwsLambdaFunction: { FunctionName: 'orders' } },
    ],
    ['a function known by its role', UNNAMED_FUNCTION, 'Other', `aws/${ACCOUNT}/lambda-function/role/orders`, {}],
    ['a service’s session', SESSION, 'Other', `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/job`, {}],
  ])('%s', (_, one, type, ...[id, details]) => {
    expect(kindOf(one).resource(one)).toEqual({ type, id, details });
  });

  it.each<[string, FindingWorkload, readonly object[]]>([
    [
      'a pod with its cluster',
      POD,
      [{ type: 'AwsEksCluster', id: cluster, details: { AwsEksCluster: { Arn: cluster, Name: 'demo' } } }],
    ],
    ['a pod of unknown Region', { ...POD, region: null }, []],
    ['a pod of unknown cluster', SERVICE_ACCOUNT, []],
  ])('%s', (_, one, related) => {
    expect(kindOf(one).relatedResources?.(one)).toEqual(related);
  });

  it('in whose conditions only an instance of known Region can be named', () => {
    expect(kindOf(INSTANCE).sessionCondition?.(INSTANCE)).toEqual({
      ArnEquals: { 'ec2:SourceInstanceARN': arn('ec2', 'instance/i-1') },
    });
    expect(kindOf(INSTANCE).sessionCondition?.({ ...INSTANCE, region: null })).toBeNull();
  });
});

describe('commands that give a workload another role, and that keep evidence', () => {
  it.each<[string, FindingWorkload, readonly string[], readonly string[]]>([
    [
      'an instance',
      INSTANCE,
      [
        "ASSOCIATION=$(aws ec2 describe-iam-instance-profile-associations --region eu-west-1 --filters Name=instance-id,Values=i-1 --query 'IamInstanceProfileAssociations[0].AssociationId' --output text)",
        'aws ec2 replace-iam-instance-profile-association --region eu-west-1 --association-id "$ASSOCIATION" --iam-instance-profile Name="$NEW_PROFILE"',
      ],
      [
        'aws ec2 modify-instance-attribute --region eu-west-1 --instance-id i-1 --disable-api-termination',
        "aws ec2 create-snapshots --region eu-west-1 --instance-specification InstanceId=i-1 --description 'evidence of i-1'",
      ],
    ],
    [
      'a task',
      TASK,
      [
        '# register the task definition again with another taskRoleArn, then:',
        'aws ecs update-service --region eu-west-1 --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$NEW_TASK_DEFINITION" --force-new-deployment',
        'aws ecs stop-task --region eu-west-1 --cluster "$CLUSTER" --task t-1',
      ],
      ['aws ecs describe-tasks --region eu-west-1 --cluster "$CLUSTER" --tasks t-1 > task.json'],
    ],
    [
      'a pod',
      POD,
      [
        "ASSOCIATION=$(aws eks list-pod-identity-associations --region eu-west-1 --cluster-name demo --namespace shop --service-account orders --query 'associations[0].associationId' --output text)",
        'aws eks update-pod-identity-association --region eu-west-1 --cluster-name demo --association-id "$ASSOCIATION" --role-arn "$NEW_ROLE_ARN"',
        'kubectl rollout restart deployment --namespace shop',
      ],
      ['kubectl logs --namespace shop orders-1 --all-containers --timestamps > pod.log'],
    ],
    [
      'a service account',
      { ...SERVICE_ACCOUNT, attributes: { ...SERVICE_ACCOUNT.attributes, pod: 'orders-1' } },
      [
        'kubectl annotate serviceaccount --namespace shop orders eks.amazonaws.com/role-arn="$NEW_ROLE_ARN" --overwrite',
        'kubectl rollout restart deployment --namespace shop',
      ],
      ['kubectl logs --namespace shop orders-1 --all-containers --timestamps > pod.log'],
    ],
    [
      'a function',
      FUNCTION,
      ['aws lambda update-function-configuration --region eu-west-1 --function-name orders --role "$NEW_ROLE_ARN"'],
      ['aws lambda get-function --region eu-west-1 --function-name orders > function.json'],
    ],
    ['a function known by its role', UNNAMED_FUNCTION, [], []],
    ['a service’s session', SESSION, [], []],
  ])('%s', (_, one, replace, preserve) => {
    expect(kindOf(one).replaceCommands(one)).toEqual(replace);
    expect(kindOf(one).preserveCommands(one)).toEqual(preserve);
  });
});
