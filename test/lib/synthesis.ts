import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importOf, sharedBuild } from '../shared-build';

/** A template as far as tests look into it. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
}

export interface Synthesis {
  readonly status: number | null;
  /** What the CLI printed, on both streams. */
  readonly said: string;
  readonly template: (stack: string) => StackTemplate;
  readonly size: (stack: string) => number;
}

const ROOT = join(__dirname, '../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/** The built app and its handlers. */
export interface BuiltApp {
  readonly folder: string;
  /** Runs the real CLI, without credentials, and with a home of its own; once for each set of arguments. */
  readonly synthesise: (...context: string[]) => Synthesis;
  readonly remove: () => void;
}

/** App, library and handlers as `npm run build` makes them, so that tests never see an old `dist`. */
export function buildApp(): BuiltApp {
  const folder = sharedBuild(
    'app',
    (outdir) => `
      ${importOf('buildHandlers', 'build-handlers.mjs')}
      ${importOf('buildLibrary', 'build-library.mjs')}
      await Promise.all([buildHandlers(${JSON.stringify(join(outdir, 'lambda'))}), buildLibrary(${JSON.stringify(outdir)})]);
    `,
  );
  const outputs = mkdtempSync(join(tmpdir(), 'credlock-synthesis-'));
  const done = new Map<string, Synthesis>();
  return {
    folder,
    synthesise: (...context) => {
      const key = context.join(' ');
      const known = done.get(key) ?? run(folder, join(outputs, String(done.size)), context);
      done.set(key, known);
      return known;
    },
    remove: () => rmSync(outputs, { recursive: true, force: true }),
  };
}

const QUIET = ['--quiet', '--no-notices', '--no-version-reporting', '--no-color'];

function run(folder: string, output: string, context: readonly string[]): Synthesis {
  const given = context.flatMap((one) => ['-c', one]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CDK, 'synth', ...QUIET, '--app', `node ${join(folder, 'bin/app.js')}`, '--output', output, ...given],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        NODE_PATH: join(ROOT, 'node_modules'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    },
  );
  const text = (stack: string): string => readFileSync(join(output, `${stack}.template.json`), 'utf8');
  return {
    status,
    said: stdout + stderr,
    template: (stack) => {
      if (!existsSync(join(output, `${stack}.template.json`))) throw new Error(`no stack ${stack}: ${stdout}${stderr}`);
      return JSON.parse(text(stack)) as StackTemplate;
    },
    size: (stack) => Buffer.byteLength(JSON.stringify(JSON.parse(text(stack)))),
  };
}

/** The resources of a type, with their logical ids. */
export function resourcesOf({ Resources }: StackTemplate, type: string): [string, TemplateResource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/** All IAM statements of a template: of roles' own policies and of those attached to them. */
export function statementsOf(template: StackTemplate): { readonly of: string; readonly statement: Statement }[] {
  const inline = resourcesOf(template, 'AWS::IAM::Role').flatMap(([of, { Properties }]) =>
    ((Properties['Policies'] ?? []) as { readonly PolicyDocument: PolicyDocument }[]).map(
      ({ PolicyDocument: document }) => ({ of, document }),
    ),
  );
  const attached = resourcesOf(template, 'AWS::IAM::Policy').map(([of, { Properties }]) => ({
    of,
    document: Properties['PolicyDocument'] as PolicyDocument,
  }));
  return [...inline, ...attached].flatMap(({ of, document }) =>
    document.Statement.map((statement) => ({ of, statement })),
  );
}

/** One or several, as IAM has it. */
export function all<T>(value: T | readonly T[]): T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : [value as T];
}
