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
const CONFIGURATION = ['.oxlintrc.json', 'oxlint-plugin.mjs', 'import-rules.mjs', 'tsconfig.json'];
const IMPORTS = 'credlock(layers)';
const CIRCLE = 'import(no-cycle)';
const GLOBALS = 'eslint(no-restricted-globals)';
const PROPERTIES = 'eslint(no-restricted-properties)';
const CLOCK = 'credlock(no-clock)';

type Row = readonly [folder: string, source: string, rule: string];

const BROKEN: readonly Row[] = [
  ['lambda/detection/judge', "import { readFileSync } from 'node:fs';\nexport const law = readFileSync;", IMPORTS],
  ['lambda/detection/judge', "import { readFileSync } from 'fs';\nexport const law = readFileSync;", IMPORTS],
  [
    'lambda/detection/judge',
    "import { EC2Client } from '@aws-sdk/client-ec2';\nexport const law = EC2Client;",
    IMPORTS,
  ],
  ['lambda/detection/judge', "import { law } from '../../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/detection/judge', "import { law } from './../../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/detection/judge', "import type { Law } from '../../adapters/store';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection/judge', "export type Other = import('../../adapters/store').Law;", IMPORTS],
  ['lambda/detection/judge', "export * from '../../environment';", IMPORTS],
  ['lambda/detection/judge', "export const law = import('node:fs');", IMPORTS],
  ['lambda/detection/judge', "import fs = require('node:fs');\nexport const law = fs;", IMPORTS],
  [
    'lambda/detection/judge/rules',
    "import { law } from '../../../adapters/store';\nexport const other = law;",
    IMPORTS,
  ],
  ['lambda/detection/kinds', "import { law } from 'aws-cdk-lib';\nexport const other = law;", IMPORTS],
  // Upwards inside the core.
  ['lambda/detection/model', "import type { Law } from '../judge/judge';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection/facts', "import type { Law } from '../network/book';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection/network', "import type { Law } from '../judge/judge';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection/judge', "import type { Law } from '../findings/finding-text';\nexport type Other = Law;", IMPORTS],
  ['lambda/detection/new-folder', 'export const law = 1;', IMPORTS],
  ['lambda/detection/judge', "export const law: unknown = require('node:fs');", GLOBALS],
  ['lambda/detection/judge', 'export const law = process.env;', GLOBALS],
  ['lambda/detection/judge', 'export const law = globalThis;', GLOBALS],
  ['lambda/detection/judge', "export const law = fetch('https://example.com');", GLOBALS],
  ['lambda/detection/judge', 'setTimeout(String, 5);', GLOBALS],
  ['lambda/detection/judge', 'export const law = performance.now();', GLOBALS],
  ['lambda/detection/judge', 'export const law = Date.now();', PROPERTIES],
  ['lambda/detection/judge', 'export const { now } = Date;', PROPERTIES],
  ['lambda/detection/judge', 'export const law = Math.random();', PROPERTIES],
  ['lambda/detection/judge', "export const law = 'a'.localeCompare('b');", PROPERTIES],
  ['lambda/detection/judge', 'export const law = new Date(5).getHours();', PROPERTIES],
  ['lambda/detection/judge', 'export const law = new Date();', CLOCK],
  ['lambda/detection/judge', 'export const law = Date();', CLOCK],
  ['lambda/detection/kinds', 'export const law = new Date(2026, 0, 1);', CLOCK],
  ['lambda/detection/judge', "console.log('law');", 'eslint(no-console)'],
  // An application folder never imports an adapter, nor what stands above it.
  ['lambda/store', "import { law } from '../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/judging', "import type { Law } from '../adapters/store';\nexport type Other = Law;", IMPORTS],
  ['lambda/observing', "import type { Law } from '../adapters/store';\nexport type Other = Law;", IMPORTS],
  ['lambda/confirming', "import { law } from '../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/watching', "import { law } from '../adapters/store';\nexport const other = law;", IMPORTS],
  ['lambda/store', "import type { Law } from '../judging/judge-workloads';\nexport type Other = Law;", IMPORTS],
  ['lambda/judging', "import { S3Client } from '@aws-sdk/client-s3';\nexport const law = S3Client;", IMPORTS],
  ['lambda', "import { Stack } from 'aws-cdk-lib';\nexport const law = Stack;", IMPORTS],
  ['lambda', "import { Rule } from 'aws-cdk-lib/aws-events';\nexport const law = Rule;", IMPORTS],
  ['lambda', "import { Construct } from 'constructs';\nexport const law = Construct;", IMPORTS],
  ['lambda', "import { law } from '../lib/hub/hub';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { law } from '../../lib/hub/hub';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { law } from '../../bin/credlock';\nexport const other = law;", IMPORTS],
  ['lambda/adapters', "import { observe } from '../observe';\nexport const other = observe;", IMPORTS],
  ['lib/hub', "import { law } from '../../lambda/detection/judge/judge';\nexport const other = law;", IMPORTS],
  ['lib/hub', "import { law } from '../../lambda/observe';\nexport const other = law;", IMPORTS],
  ['lib/hub', "import { law } from '../../bin/credlock';\nexport const other = law;", IMPORTS],
  ['lib/patterns', "import type { Law } from '../hub/hub';\nexport type Other = Law;", IMPORTS],
  ['guardrails', "import { Stack } from 'aws-cdk-lib';\nexport const law = Stack;", IMPORTS],
  ['guardrails', "import { law } from '../lambda/detection/judge/judge';\nexport const other = law;", IMPORTS],
  ['guardrails', "import { law } from '../lib/hub/hub';\nexport const other = law;", IMPORTS],
  ['guardrails', "import { readFileSync } from 'node:fs';\nexport const law = readFileSync;", IMPORTS],
  ['bin/replay', "import { App } from 'aws-cdk-lib';\nexport const law = App;", IMPORTS],
  ['bin/replay', "import { law } from '../../lib/hub/hub';\nexport const other = law;", IMPORTS],
];

/** Two files whose types need each other. */
const CIRCULAR = [
  ['lambda/store/one.ts', "import type { Two } from './two';\nexport interface One {\n  readonly two: Two | null;\n}"],
  ['lambda/store/two.ts', "import type { One } from './one';\nexport interface Two {\n  readonly one: One | null;\n}"],
] as const;

const KEPT: readonly (readonly [file: string, source: string])[] = [
  ['lambda/environment.ts', "export const name: string = process.env['CREDLOCK'] ?? 'none';"],
  ['lambda/detection/model/law.ts', 'export interface Law {\n  readonly at: number;\n}'],
  [
    'lambda/detection/kinds/law.ts',
    "import type { Law } from '../model/law';\nexport const law: Law = { at: Date.UTC(2026) };",
  ],
  [
    'lambda/detection/posture/pure.ts',
    "import { isValid } from 'ipaddr.js';\nimport { z } from 'zod';\nimport { law } from '../kinds/law';\nexport const pure = [isValid, z, new Date(law.at), Date.parse('2026-01-01')];",
  ],
  ['lambda/store/port.ts', "import { name } from '../environment';\nexport const port = [name];"],
  [
    'lambda/adapters/store.ts',
    "import { law } from '../detection/kinds/law';\nimport { name } from '../environment';\nimport { port } from '../store/port';\nexport const store = [law, name, port];",
  ],
  ['lambda/observe.ts', "import { store } from './adapters/store';\nexport const observe = [store, Date.now()];"],
  ['lambda/detection/vocabulary.ts', "export const WORDS = ['law'] as const;"],
  [
    'lib/hub/hub.ts',
    "import { Stack } from 'aws-cdk-lib';\nimport { WORDS } from '../../lambda/detection/vocabulary';\nimport { name } from '../../lambda/environment';\nexport const hub = [name, Stack, WORDS];",
  ],
  ['lambda/detection/guardrails/guardrail.ts', "export const GUARDRAILS = ['own-vpc-only'] as const;"],
  [
    'guardrails/policies.ts',
    "import { z } from 'zod';\nimport { GUARDRAILS } from '../lambda/detection/guardrails/guardrail';\nexport const policies = [z, GUARDRAILS];",
  ],
  ['bin/credlock.ts', "import { pure } from '../lambda/detection/posture/pure';\nconsole.log(pure);"],
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
    for (const name of ['bin', 'guardrails', 'lib', 'lambda']) mkdirSync(join(folder, name), { recursive: true });
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

  test('is broken by types that need each other', () => {
    const codes = lint(CIRCULAR).diagnostics.map(({ code, filename }) => `${filename} ${code}`);
    expect(codes.sort()).toEqual(CIRCULAR.map(([file]) => `${file} ${CIRCLE}`));
  });

  test('is kept by files that import what they may', () => {
    expect(lint(KEPT)).toEqual({ ok: true, diagnostics: [] });
  });
});
