import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

interface Report {
  readonly diagnostics: readonly Diagnostic[];
}

interface Lint extends Report {
  readonly ok: boolean;
}

const PROJECT = join(__dirname, '..');
const OXLINT = join(PROJECT, 'node_modules/oxlint/bin/oxlint');
const CONFIGURATION = ['.oxlintrc.json', 'oxlint-plugin.mjs', 'tsconfig.json'];
const IMPORTS = 'eslint(no-restricted-imports)';
const GLOBALS = 'eslint(no-restricted-globals)';
const PROPERTIES = 'eslint(no-restricted-properties)';
const CLOCK = 'credlock(no-clock)';

type Row = readonly [folder: string, source: string, rule: string];

const BROKEN: readonly Row[] = [
  ['lambda/detection', "import { readFileSync } from 'node:fs';\nexport const law = readFileSync;", IMPORTS],
  ['lambda/detection', "import { readFileSync } from 'fs';\nexport const law = readFileSync;", IMPORTS],
  ['lambda/detection', "import { EC2Client } from '@aws-sdk/client-ec2';\nexport const law = EC2Client;", IMPORTS],
  ['lambda/detection', "import { law } from '../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/detection', "import { law } from './../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/detection', "import type { Law } from '../adapters/store';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection', "export * from '../environment';", IMPORTS],
  ['lambda/detection', "export const law = import('node:fs');", IMPORTS],
  ['lambda/detection', "import fs = require('node:fs');\nexport const law = fs;", IMPORTS],
  ['lambda/detection/kinds', "import { law } from '../../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/detection/kinds', "import { law } from 'aws-cdk-lib';\nexport const other = law;", IMPORTS],
  ['lambda/detection', "export const law: unknown = require('node:fs');", GLOBALS],
  ['lambda/detection', 'export const law = process.env;', GLOBALS],
  ['lambda/detection', 'export const law = globalThis;', GLOBALS],
  ['lambda/detection', "export const law = fetch('https://example.com');", GLOBALS],
  ['lambda/detection', 'setTimeout(String, 5);', GLOBALS],
  ['lambda/detection', 'export const law = performance.now();', GLOBALS],
  ['lambda/detection', 'export const law = Date.now();', PROPERTIES],
  ['lambda/detection', 'export const { now } = Date;', PROPERTIES],
  ['lambda/detection', 'export const law = Math.random();', PROPERTIES],
  ['lambda/detection', "export const law = 'a'.localeCompare('b');", PROPERTIES],
  ['lambda/detection', 'export const law = new Date(5).getHours();', PROPERTIES],
  ['lambda/detection', 'export const law = new Date();', CLOCK],
  ['lambda/detection', 'export const law = Date();', CLOCK],
  ['lambda/detection/kinds', 'export const law = new Date(2026, 0, 1);', CLOCK],
  ['lambda/detection', "console.log('law');", 'eslint(no-console)'],
  ['lambda', "import { Stack } from 'aws-cdk-lib';\nexport const law = Stack;", IMPORTS],
  ['lambda', "import { Rule } from 'aws-cdk-lib/aws-events';\nexport const law = Rule;", IMPORTS],
  ['lambda', "import { Construct } from 'constructs';\nexport const law = Construct;", IMPORTS],
  ['lambda', "import { law } from '../lib/hub/hub';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { law } from '../../lib/hub';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { law } from '../../bin/credlock';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { observe } from '../observe';\nexport const other = observe;", IMPORTS],
  ['lib', "import { law } from '../lambda/detection/judge/judge';\nexport const other = law;", IMPORTS],
  ['lib', "import { law } from '../lambda/observe';\nexport const other = law;", IMPORTS],
  ['lib', "import { law } from '../bin/credlock';\nexport const other = law;", IMPORTS],
  ['guardrails', "import { Stack } from 'aws-cdk-lib';\nexport const law = Stack;", IMPORTS],
  ['guardrails', "import { law } from '../lambda/detection/judge/judge';\nexport const other = law;", IMPORTS],
  ['guardrails', "import { law } from '../lib/hub/hub';\nexport const other = law;", IMPORTS],
  ['guardrails', "import { readFileSync } from 'node:fs';\nexport const law = readFileSync;", IMPORTS],
  ['bin', "import { App } from 'aws-cdk-lib';\nexport const law = App;", IMPORTS],
  ['bin/replay', "import { law } from '../../lib/hub';\nexport const other = law;", IMPORTS],
];

const KEPT: readonly (readonly [file: string, source: string])[] = [
  ['lambda/environment.ts', "export const name: string = process.env['CREDLOCK'] ?? 'none';"],
  ['lambda/detection/judge/judge/judge.ts', 'export interface Law {\n  readonly at: number;\n}'],
  [
    'lambda/detection/kinds/law.ts',
    "import type { Law } from '../judge';\nexport const law: Law = { at: Date.UTC(2026) };",
  ],
  [
    'lambda/detection/pure.ts',
    "import { isValid } from 'ipaddr.js';\nimport { z } from 'zod';\nimport { law } from './kinds/law';\nexport const pure = [isValid, z, new Date(law.at), Date.parse('2026-01-01')];",
  ],
  [
    'lambda/adapters/store.ts',
    "import { law } from '../detection/kinds/law';\nimport { name } from '../environment';\nexport const store = [law, name];",
  ],
  ['lambda/observe.ts', "import { store } from './adapters/store';\nexport const observe = [store, Date.now()];"],
  [
    'lib/hub/hub/hub.ts',
    "import { Stack } from 'aws-cdk-lib';\nimport { name } from '../lambda/environment';\nexport const hub = [name, Stack];",
  ],
  ['lambda/detection/guardrails/guardrail.ts', "export const GUARDRAILS = ['own-vpc-only'] as const;"],
  [
    'guardrails/policies.ts',
    "import { z } from 'zod';\nimport { GUARDRAILS } from '../lambda/detection/guardrails/guardrail';\nexport const policies = [z, GUARDRAILS];",
  ],
  ['bin/credlock.ts', "import { pure } from '../lambda/detection/pure';\nconsole.log(pure);"],
  [
    'bin/app.ts',
    "import { App } from 'aws-cdk-lib';\nimport { hub } from '../lib/hub/hub';\nexport const app = [App, hub];",
  ],
];

const brokenFile = ([folder]: Row, index: number): string => `${folder}/broken-${index}.ts`;

/** Lints the files with the project's own configuration, in a folder of their own laid out like the project. */
function lint(files: readonly (readonly [file: string, source: string])[]): Lint {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-law-'));
  try {
    for (const file of CONFIGURATION) cpSync(join(PROJECT, file), join(folder, file));
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, source] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${source}\n`);
    }
    // Named folders only: oxlint would walk through the link into node_modules, for minutes.
    const run = spawnSync(process.execPath, [OXLINT, '--format', 'json', 'bin', 'guardrails', 'lib', 'lambda'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { ok: run.status === 0, diagnostics: (JSON.parse(run.stdout) as Report).diagnostics };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Linting with types takes seconds on a busy machine.
jest.setTimeout(60_000);

describe('the dependency law', () => {
  describe('is broken', () => {
    let found: readonly Diagnostic[] = [];

    beforeAll(() => {
      const files = BROKEN.map((row, index) => [brokenFile(row, index), row[1]] as const);
      found = lint([...files, ...KEPT]).diagnostics;
    });

    test.each(BROKEN.map((row, index) => [...row, brokenFile(row, index)] as const))(
      'in %s by %j, says %s',
      (_folder, _source, rule, file) => {
        expect(found.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule);
      },
    );
  });

  test('is kept by files that import what they may', () => {
    expect(lint(KEPT)).toEqual({ ok: true, diagnostics: [] });
  });
});
