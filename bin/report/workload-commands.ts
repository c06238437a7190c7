import type { FindingWorkload } from '../../lambda/detection/model/finding';
import { command } from './shell-words';

type Lines = readonly (string | null)[];

/** Gives the workload a new role. `$NEW_…` is the role or profile the reader has made. */
export function replaceCommands(workload: FindingWorkload): Lines {
  const { kind, id, region, attributes } = workload;
  const at = region === 'GLOBAL' ? 'us-east-1' : region;
  switch (kind) {
    case 'ec2-instance':
      return [
        command`ASSOCIATION=$(aws ec2 describe-iam-instance-profile-associations --region ${at} --filters ${`Name=instance-id,Values=${id}`} --query 'IamInstanceProfileAssociations[0].AssociationId' --output text)`,
        command`aws ec2 replace-iam-instance-profile-association --region ${at} --association-id "$ASSOCIATION" --iam-instance-profile Name="$NEW_PROFILE"`,
      ];
    case 'ecs-task':
      return [
        `# register the task definition again with another taskRoleArn, then:`,
        command`aws ecs update-service --region ${at} --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$NEW_TASK_DEFINITION" --force-new-deployment`,
        command`aws ecs stop-task --region ${at} --cluster "$CLUSTER" --task ${id}`,
      ];
    case 'eks-pod':
      return podCommands(attributes, at);
    case 'lambda-function':
      if (id.startsWith('role/')) return [];
      return [
        command`aws lambda update-function-configuration --region ${at} --function-name ${id} --role "$NEW_ROLE_ARN"`,
      ];
    default:
      return [];
  }
}

function podCommands(attributes: FindingWorkload['attributes'], region: string | null): Lines {
  const { cluster = null, namespace = null, serviceAccount = null } = attributes;
  if (attributes['provider'] !== undefined) {
    return [
      command`kubectl annotate serviceaccount --namespace ${namespace} ${serviceAccount} eks.amazonaws.com/role-arn="$NEW_ROLE_ARN" --overwrite`,
      command`kubectl rollout restart deployment --namespace ${namespace}`,
    ];
  }
  return [
    command`ASSOCIATION=$(aws eks list-pod-identity-associations --region ${region} --cluster-name ${cluster} --namespace ${namespace} --service-account ${serviceAccount} --query 'associations[0].associationId' --output text)`,
    command`aws eks update-pod-identity-association --region ${region} --cluster-name ${cluster} --association-id "$ASSOCIATION" --role-arn "$NEW_ROLE_ARN"`,
    command`kubectl rollout restart deployment --namespace ${namespace}`,
  ];
}

/** Keeps what a stopped workload would lose. */
export function preserveCommands(workload: FindingWorkload): Lines {
  const { kind, id, region, attributes } = workload;
  const at = region === 'GLOBAL' ? 'us-east-1' : region;
  switch (kind) {
    case 'ec2-instance':
      return [
        command`aws ec2 modify-instance-attribute --region ${at} --instance-id ${id} --disable-api-termination`,
        command`aws ec2 create-snapshots --region ${at} --instance-specification ${`InstanceId=${id}`} --description ${`evidence of ${id}`}`,
      ];
    case 'ecs-task':
      return [command`aws ecs describe-tasks --region ${at} --cluster "$CLUSTER" --tasks ${id} > task.json`];
    case 'eks-pod':
      return [
        command`kubectl logs --namespace ${attributes['namespace'] ?? null} ${attributes['pod'] ?? null} --all-containers --timestamps > pod.log`,
      ];
    case 'lambda-function':
      return id.startsWith('role/')
        ? []
        : [command`aws lambda get-function --region ${at} --function-name ${id} > function.json`];
    default:
      return [];
  }
}
