import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { policy } from '../policy';

/** The role with which EventBridge forwards events to a bus of another account or Region; it has no other permission. */
export function forwardRole(scope: Construct, roleName: string, busArn: string): CfnRole {
  return new CfnRole(scope, 'Forward', {
    roleName,
    description: 'credlock: lets EventBridge forward events to the hub',
    assumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policies: [
      {
        policyName: 'forward',
        policyDocument: policy({ Effect: 'Allow', Action: 'events:PutEvents', Resource: busArn }),
      },
    ],
  });
}
