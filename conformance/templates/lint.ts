import { join } from 'node:path';
import { pythonPrograms } from '../tools';
import { execute, lastWords, type Workshop } from '../workshop';
import type { Template } from './synthesise';

/** Rules of cfn-lint that are not held to, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  W3005: 'CDK names dependencies that references already make',
  W8003: 'a template for one Region answers what is asked for all of them',
};

interface Finding {
  readonly Level: string;
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

/** What CloudFormation's own rules say against the templates: errors and warnings alike. */
export async function lint(workshop: Workshop, templates: readonly Template[]): Promise<string[]> {
  const programs = await pythonPrograms(workshop);
  const leftOut = Object.keys(LEFT_OUT);
  const args = ['--format', 'json', '--ignore-checks', ...leftOut, '--template', ...templates.map(({ file }) => file)];
  const outcome = await execute(join(programs, 'cfn-lint'), args);
  if (!outcome.stdout.trimStart().startsWith('[')) throw new Error(`cfn-lint said nothing:\n${lastWords(outcome)}`);
  return (JSON.parse(outcome.stdout) as Finding[]).map((finding) => {
    const name = templates.find(({ file }) => file === finding.Filename)?.name ?? finding.Filename;
    const path = finding.Location.Path?.join('/') ?? '';
    return `cfn-lint ${finding.Rule.Id} ${name} ${path}: ${finding.Message}`;
  });
}
