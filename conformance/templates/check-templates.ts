import { join } from 'node:path';
import type { Check, Report } from '../check';
import { startEmulator } from '../emulator';
import { patternsUnderTest } from '../patterns/patterns-under-test';
import { SHOP } from '../patterns/record-shapes';
import { pythonPrograms } from '../tools';
import { execute, lastWords, type Workshop } from '../workshop';
import { lint } from './lint';
import { load, type Emulated, type Loaded, type MadeRule } from './load';
import { synthesise, type Template } from './synthesise';

interface Made {
  readonly template: Template;
  readonly loaded: Loaded;
}

/** Every template: by CloudFormation's rules, and made in an emulator of AWS. */
export const checkTemplates: Check = {
  name: 'templates',
  async run(workshop): Promise<Report> {
    const { templates, faults: unmade } = await synthesise(workshop);
    const linted = await lint(workshop, templates);
    const known = await emulatedTypes(workshop);
    const made = await makeAll(workshop, templates, known);
    const wanted = sum(made.map(({ loaded }) => loaded.wanted));
    const missing = sum(made.map(({ loaded }) => loaded.missing.length));
    const rules = made.flatMap(({ loaded }) => loaded.rules);
    return {
      summary:
        `cfn-lint has ${linted.length} things to say of ${templates.length} templates; ` +
        `moto made ${wanted - missing} of their ${wanted} resources, and ${rules.length} rules of known patterns`,
      details: [`moto has no ${listed(made.flatMap(({ loaded }) => loaded.missing.map(({ type }) => type)))}`],
      faults: [...unmade, ...linted, ...made.flatMap((one) => faultsOf(one, known))],
    };
  },
};

async function makeAll(workshop: Workshop, templates: readonly Template[], known: Emulated): Promise<Made[]> {
  const emulator = await startEmulator(workshop);
  try {
    const made: Made[] = [];
    for (const template of templates) {
      const region = template.name.endsWith('us-east-1') ? 'us-east-1' : 'eu-central-1';
      made.push({ template, loaded: await load(emulator, template, { account: SHOP, region }, known) });
    }
    return made;
  } finally {
    await emulator.close();
  }
}

/** Types that the emulator can make. */
export async function emulatedTypes(workshop: Workshop): Promise<Emulated> {
  const python = join(await pythonPrograms(workshop), 'python');
  const script = 'from moto.cloudformation.parsing import get_model_map; print("\\n".join(get_model_map()))';
  const outcome = await execute(python, ['-c', script]);
  if (outcome.status !== 0) throw new Error(`moto does not say what it can make:\n${lastWords(outcome)}`);
  const types = new Set(outcome.stdout.split('\n'));
  return (type) => types.has(type) || type.startsWith('Custom::');
}

function faultsOf({ template: { name }, loaded }: Made, known: Emulated): string[] {
  const { failure, missing, rules } = loaded;
  const unmade = missing.filter(({ type }) => known(type));
  return [
    ...(failure === '' ? [] : [`moto: ${name} ${failure}`]),
    ...unmade.map(({ id, type }) => `moto: ${name} has ${id} (${type}), which was not made`),
    ...rules.flatMap((rule) => ruleFaults(name, rule)),
  ];
}

const ALL_EVENTS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const PATTERNS = new Set(patternsUnderTest().map(({ pattern }) => sorted(pattern)));

/** Rules on what CloudTrail sends need the state in which calls that only read come too, and a pattern that was checked. */
export function ruleFaults(template: string, { name, state, pattern }: MadeRule): string[] {
  if (!isOfCloudTrail(pattern)) return [];
  const rule = `moto: ${template}: rule ${name}`;
  const checked = PATTERNS.has(sorted(ofShop(pattern)));
  return [
    ...(state === ALL_EVENTS ? [] : [`${rule} is ${state} and not ${ALL_EVENTS}`]),
    ...(checked ? [] : [`${rule} has a pattern that was never checked: ${JSON.stringify(pattern)}`]),
  ];
}

/** Members choose by their own account, wherever they are. */
function ofShop(pattern: unknown): unknown {
  const named = typeof pattern === 'object' && pattern !== null && 'account' in pattern;
  return named ? { ...pattern, account: [SHOP] } : pattern;
}

/** Those that choose by fields of a record, and not by a bucket or by a source of ours. */
function isOfCloudTrail(pattern: unknown): boolean {
  const text = JSON.stringify(pattern) ?? '';
  return text.includes('"prefix":"aws."');
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function listed(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of [...types].sort()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Array.from(counts, ([type, count]) => `${type} (${count})`).join(', ') || 'type to miss';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
