import * as z from 'zod';

/**
 * The grammar of IAM policies as far as service and resource control policies have it (IAM user guide, "Grammar of the IAM
 * JSON policy language"; Organizations user guide, "SCP syntax" and "RCP syntax"), written for the tests and stricter than
 * AWS: nothing may be there that is not understood.
 */
// prettier-ignore
const OPERATORS = [
  'StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'NumericEquals', 'NumericLessThan',
  'NumericGreaterThan', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'IpAddress', 'NotIpAddress', 'Bool',
] as const;

const OPERATOR = new RegExp(`^(?:(?:${OPERATORS.join('|')})(?:IfExists)?|Null)$`);
const KEY = /^(?:aws|ec2|lambda):[A-Za-z0-9]+(?:\/[A-Za-z0-9-]+)?$/;
const ACTION = /^[a-z][a-z0-9-]*:[A-Za-z]*\*?$/;
const RESOURCE = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:[0-9*]*:.+$/;
const ROLE_PATTERN = /^arn:aws[a-z-]*:(?:iam::[0-9*]+:role\/|lambda:\*:\*:function:)[\w+=,.@*?:/-]+$/;

const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item).min(1)]);
const condition = z
  .record(z.string().regex(OPERATOR), z.record(z.string().regex(KEY), oneOrMore(z.string().min(1))))
  .superRefine((conditions, context) => {
    for (const [operator, keys] of Object.entries(conditions))
      for (const [key, values] of Object.entries(keys))
        for (const value of [values].flat())
          if (!fits(operator, value)) context.addIssue(`${operator} ${key}: ${value}`);
  });

function fits(operator: string, value: string): boolean {
  if (operator === 'Null' || operator.startsWith('Bool')) return value === 'true' || value === 'false';
  if (operator.startsWith('Numeric')) return /^\d+(?:\.\d+)?$/.test(value);
  if (operator.startsWith('Arn')) return ROLE_PATTERN.test(value);
  return !value.includes('${') || /^\$\{aws:[A-Za-z0-9]+\}$/.test(value);
}

const sid = z.string().regex(/^[A-Za-z0-9]+$/);
const resource = oneOrMore(z.string().regex(new RegExp(`^\\*$|${RESOURCE.source}`)));
const base = { Sid: sid, Effect: z.literal('Deny'), Resource: resource, Condition: condition };

const controlled = z
  .strictObject({
    ...base,
    Action: oneOrMore(z.string().regex(new RegExp(`^\\*$|${ACTION.source}`))).optional(),
    NotAction: oneOrMore(z.string().regex(ACTION)).optional(),
  })
  .refine(({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined), {
    error: 'Action or NotAction, not both',
  });

/** Those of the services that take resource control policies which are used here (Organizations user guide, "RCPs"). */
const TAKES_RCPS = /^(?:s3|sqs|sts|kms|secretsmanager|dynamodb|events):[A-Za-z]*\*?$/;
const owned = z.strictObject({ ...base, Principal: z.literal('*'), Action: oneOrMore(z.string().regex(TAKES_RCPS)) });

const document = (statement: z.ZodType) =>
  z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement).min(1) });

const assigned = (value: z.ZodType) => z.strictObject({ '@@assign': value });
const preference = z.enum(['no_preference', 'enabled', 'disabled']);

/** By policy type: what the content must be. */
export const GRAMMARS = {
  SERVICE_CONTROL_POLICY: document(controlled),
  RESOURCE_CONTROL_POLICY: document(owned),
  DECLARATIVE_POLICY_EC2: z.strictObject({
    ec2_attributes: z.strictObject({
      instance_metadata_defaults: z.strictObject({
        http_tokens: assigned(z.enum(['no_preference', 'required', 'optional'])),
        http_put_response_hop_limit: assigned(z.string().regex(/^(?:-1|[1-9]|[1-5]\d|6[0-4])$/)),
        http_endpoint: assigned(preference),
        instance_metadata_tags: assigned(preference),
      }),
    }),
  }),
} as const;
