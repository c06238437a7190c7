import { WITHOUT_ENDPOINTS, type GuardrailName } from '../lambda/detection/guardrails/guardrail';
import type { GuardrailChoice, GuardrailSettings } from './guardrail-settings';

/** A statement of a service or resource control policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal?: '*';
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Input of a guardrail's policies. */
export interface PolicyInput {
  readonly guardrail: GuardrailName;
  readonly choice: GuardrailChoice;
  readonly settings: GuardrailSettings;
  readonly partition: string;
}

/** Applies to instance credentials only (`Null`), and not to calls by AWS services on their behalf (`aws:ViaAWSService`). */
export function ownNetwork(input: PolicyInput, sid: string, differs: Readonly<Record<string, string>>): Statement {
  const { choice, partition } = input;
  return {
    Sid: sid,
    Effect: 'Deny',
    NotAction: [...WITHOUT_ENDPOINTS, ...choice.exemptServices.map((service) => `${service}:*`)],
    Resource: '*',
    Condition: {
      StringNotEquals: differs,
      Null: { 'ec2:SourceInstanceARN': 'false' },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
      // EC2 uses this role to mount encrypted volumes.
      ArnNotLike: {
        'aws:PrincipalArn': [`arn:${partition}:iam::*:role/aws:ec2-infrastructure`, ...exemptArns(choice, partition)],
      },
    },
  };
}

/** The condition that exempts roles; empty without any. */
export function exempting({ choice, partition }: PolicyInput): Statement['Condition'] {
  const arns = exemptArns(choice, partition);
  return arns.length === 0 ? {} : { ArnNotLike: { 'aws:PrincipalArn': arns } };
}

/** A name matches roles of that name on any path. */
function exemptArns({ exemptRoles }: GuardrailChoice, partition: string): string[] {
  return exemptRoles.flatMap((role) =>
    role.startsWith('arn:')
      ? [role]
      : [`arn:${partition}:iam::*:role/${role}`, `arn:${partition}:iam::*:role/*/${role}`],
  );
}
