import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, Report } from '../check';
import { pythonPrograms } from '../tools';
import { built, execute, lastWords, type Workshop } from '../workshop';

/** As `credlock guardrails print` prints them. */
interface PrintedPolicy {
  readonly name: string;
  readonly type: string;
  readonly content: object;
}

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];

/** Policies that IAM evaluates; declarative ones have another grammar. */
const OF_IAM = new Set(['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']);

/** Policies that a validator has to refuse: were they to pass, it would be looking at nothing. */
const WRONG: readonly { readonly name: string; readonly content: object }[] = [
  wrong('no such action', { Action: 'ec2:RunInstance', Resource: '*' }),
  wrong('no such element', { Action: 'ec2:RunInstances', Resources: '*' }),
  wrong('no such key', { NotAction: 'sts:*', Resource: '*', Condition: { Bool: { 'aws:ViaService': 'true' } } }),
  wrong('no such operator', {
    Action: 'ec2:RunInstances',
    Resource: '*',
    Condition: { Is: { 'aws:PrincipalArn': 'x' } },
  }),
];

function wrong(name: string, statement: object): { readonly name: string; readonly content: object } {
  return { name: `wrong: ${name}`, content: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', ...statement }] } };
}

/** The guardrails' policies, by validators that know IAM's grammar, actions and condition keys. */
export const checkPolicies: Check = {
  name: 'policies',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const printed = await Promise.all(PARTITIONS.map((partition) => print(workshop, partition)));
    const policies = printed.flat();
    const faults = await validate(workshop, [...policies, ...WRONG]);
    const passed = WRONG.filter(({ name }) => !faults.some((one) => one.name === name));
    const found = faults.filter(({ name }) => !name.startsWith('wrong: '));
    return {
      summary: `${policies.length} policies of the guardrails, by parliament and policy-sentry`,
      details: [],
      faults: [
        ...(policies.length === 0 ? ['there is no policy to validate'] : []),
        ...found.map(({ name, fault }) => `${name}: ${fault}`),
        ...passed.map(({ name }) => `the validators let a policy pass that is ${name}`),
      ],
    };
  },
};

/** Those of a plain organisation, and those that name it and leave somebody alone. */
async function print(workshop: Workshop, partition: string): Promise<PrintedPolicy[]> {
  const file = join(workshop.cache, 'guardrails.json');
  await mkdir(workshop.cache, { recursive: true });
  await writeFile(file, JSON.stringify(EXEMPTING));
  const plain = await printWith(workshop, partition, []);
  const exempting = await printWith(workshop, partition, ['--guardrails', file]);
  return [...plain, ...exempting.map((one) => ({ ...one, name: `${one.name}, with exemptions` }))];
}

const SOMEBODY = { exemptRoles: ['backup-*'] };

const EXEMPTING = {
  organizationId: 'o-exampleorgid',
  'protect-credlock': SOMEBODY,
  'imds-defaults': SOMEBODY,
  'launch-requires-imdsv2': SOMEBODY,
  'modify-requires-imdsv2': SOMEBODY,
  'deny-imdsv1-keys': SOMEBODY,
  'own-vpc-only': { ...SOMEBODY, exemptServices: ['ssm'] },
  'own-address-only': { ...SOMEBODY, exemptServices: ['ssm'] },
};

async function printWith({ root }: Workshop, partition: string, args: readonly string[]): Promise<PrintedPolicy[]> {
  const cli = [join(root, 'dist/bin/credlock.js'), 'guardrails', 'print', '--partition', partition];
  const outcome = await execute(process.execPath, [...cli, ...args]);
  if (outcome.status !== 0) throw new Error(`credlock guardrails print fails:\n${lastWords(outcome)}`);
  const policies = JSON.parse(outcome.stdout) as PrintedPolicy[];
  return policies.filter(({ type }) => OF_IAM.has(type)).map((one) => ({ ...one, name: `${one.name} (${partition})` }));
}

async function validate(
  workshop: Workshop,
  policies: readonly { readonly name: string; readonly content: object }[],
): Promise<{ readonly name: string; readonly fault: string }[]> {
  const python = join(await pythonPrograms(workshop), 'python');
  const outcome = await execute(python, [join(workshop.root, 'conformance/policies/validate.py')], {
    input: JSON.stringify(policies.map(({ name, content }) => ({ name, content }))),
  });
  if (outcome.status !== 0) throw new Error(`the policies were not validated:\n${lastWords(outcome)}`);
  return JSON.parse(outcome.stdout) as { name: string; fault: string }[];
}
