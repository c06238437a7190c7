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

/** What a guardrail's policies are made of. */
export interface Given {
  readonly guardrail: GuardrailName;
  readonly choice: GuardrailChoice;
  readonly settings: GuardrailSettings;
  readonly partition: string;
}

/** For instances' keys alone (`Null`), and not for what a service does on their behalf (`aws:ViaAWSService`). */
export function ownNetwork(given: Given, sid: string, differs: Readonly<Record<string, string>>): Statement {
  const { choice, partition } = given;
  return {
    Sid: sid,
    Effect: 'Deny',
    NotAction: [...WITHOUT_ENDPOINTS, ...choice.exemptServices.map((service) => `${service}:*`)],
    Resource: '*',
    Condition: {
      StringNotEquals: differs,
      Null: { 'ec2:SourceInstanceARN': 'false' },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
      // EC2 itself mounts encrypted volumes with it.
      ArnNotLike: {
        'aws:PrincipalArn': [`arn:${partition}:iam::*:role/aws:ec2-infrastructure`, ...exemptArns(choice, partition)],
      },
    },
  };
}

/** The condition that leaves the exempt roles alone; none where there are none. */
export function exempting({ choice, partition }: Given): Statement['Condition'] {
  const arns = exemptArns(choice, partition);
  return arns.length === 0 ? {} : { ArnNotLike: { 'aws:PrincipalArn': arns } };
}

/** A name stands for the role of that name on any path. */
function exemptArns({ exemptRoles }: GuardrailChoice, partition: string): string[] {
  return exemptRoles.flatMap((role) =>
    role.startsWith('arn:')
      ? [role]
      : [`arn:${partition}:iam::*:role/${role}`, `arn:${partition}:iam::*:role/*/${role}`],
  );
}
