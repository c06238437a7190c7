import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonPrograms } from '../tools';
import { execute, lastWords, type Workshop } from '../workshop';
import type { Template } from './synthesise';

/** Rules of cfn-lint that are not held to, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  W3005: 'CDK names dependencies that references already make',
  W8003: 'a template for one Region answers what is asked for all of them',
};

/** Of every partition that cfn-lint knows and people may use. */
const REGIONS = ['eu-central-1', 'us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'cn-north-1'];

interface Finding {
  readonly Level: string;
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

/** With a property that no queue has: were it to pass, cfn-lint would be looking at nothing. */
const WRONG = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Visibility: 30 } } } };

/** What CloudFormation's own rules say against the templates: errors and warnings alike. */
export async function lint(workshop: Workshop, templates: readonly Template[]): Promise<string[]> {
  const programs = await pythonPrograms(workshop);
  const wrong = join(workshop.cache, 'templates/wrong.json');
  await writeFile(wrong, JSON.stringify(WRONG));
  const files = [...templates.map(({ file }) => file), wrong];
  const checks = ['--regions', ...REGIONS, '--ignore-checks', ...Object.keys(LEFT_OUT)];
  const outcome = await execute(join(programs, 'cfn-lint'), ['--format', 'json', ...checks, '--template', ...files]);
  if (!outcome.stdout.trimStart().startsWith('[')) throw new Error(`cfn-lint said nothing:\n${lastWords(outcome)}`);
  const findings = JSON.parse(outcome.stdout) as Finding[];
  const noticed = findings.some(({ Filename }) => Filename === wrong);
  return [
    ...(noticed ? [] : ['cfn-lint lets a template pass that is wrong']),
    ...findings.filter(({ Filename }) => Filename !== wrong).map((finding) => said(finding, templates)),
  ];
}

function said({ Filename, Location, Message, Rule }: Finding, templates: readonly Template[]): string {
  const name = templates.find(({ file }) => file === Filename)?.name ?? Filename;
  return `cfn-lint ${Rule.Id} ${name} ${Location.Path?.join('/') ?? ''}: ${Message}`;
}
