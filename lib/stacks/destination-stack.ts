import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AuditDestination, type AuditDestinationProps } from '../hub/audit-destination';
import { templateOnly } from './template-only';

export interface DestinationStackProps extends StackProps, AuditDestinationProps {}

/** The stack `credlock-destination`: the destination of audit logs in one Region of the hub account, after the hub. */
export class DestinationStack extends Stack {
  constructor(scope: Construct, id: string, props: DestinationStackProps) {
    super(scope, id, {
      description: 'credlock: receives audit logs of Kubernetes clusters in one Region',
      synthesizer: templateOnly(),
      ...props,
    });
    new AuditDestination(this, 'Destination', props);
  }
}
