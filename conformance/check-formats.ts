import { join } from 'node:path';
import type { Check, Report } from './check';
import { pythonPrograms } from './tools';
import { built, execute, lastWords, type Workshop } from './workshop';

/** The demo's findings as OCSF, by py-ocsf-models. */
export const checkFormats: Check = {
  name: 'formats',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const lines = await demoAsOcsf(workshop);
    const faults = await validate(workshop, lines);
    const broken = await validate(workshop, lines.replaceAll('"severity_id":4', '"severity_id":42'));
    return {
      summary: `${lines.trim().split('\n').length} findings of the demo as OCSF Detection Findings, by py-ocsf-models`,
      details: [],
      faults: [
        ...faults,
        ...(broken.length === 0 ? ['a severity that does not exist passes: nothing is validated'] : []),
      ],
    };
  },
};

async function demoAsOcsf({ root }: Workshop): Promise<string> {
  const demo = join(root, 'demo');
  const given = ['--config', join(demo, 'credlock.json'), '--ip-ranges', join(demo, 'ip-ranges.json')];
  const cli = [join(root, 'dist/bin/credlock.js'), 'replay', join(demo, 'trail'), ...given, '--format', 'ocsf'];
  const outcome = await execute(process.execPath, cli);
  if (outcome.status !== 0) throw new Error(`credlock replay fails:\n${lastWords(outcome)}`);
  return outcome.stdout;
}

async function validate(workshop: Workshop, lines: string): Promise<string[]> {
  const python = join(await pythonPrograms(workshop), 'python');
  const outcome = await execute(python, [join(workshop.root, 'conformance/validate-ocsf.py')], { input: lines });
  if (outcome.status !== 0) throw new Error(`the findings were not validated:\n${lastWords(outcome)}`);
  return JSON.parse(outcome.stdout) as string[];
}
