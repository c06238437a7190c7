import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { NAMES } from '../names';
import type { HandlerFunction } from './handler-function';

/** Allows a handler to assume the verification role in the accounts of an organisation, and tells it the role's name. */
export function grantVerificationRole(handler: HandlerFunction, organizationId: string): void {
  handler.setVariable('verificationRole', NAMES.verificationRole);
  handler.allow(
    new PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: [`arn:${Stack.of(handler).partition}:iam::*:role/${NAMES.verificationRole}`],
      conditions: { StringEquals: { 'aws:ResourceOrgID': organizationId } },
    }),
  );
}
