import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { built, execute, lastWords, type Workshop } from '../workshop';

const ALL_GUARDRAILS = {
  'protect-credlock': true,
  'imds-defaults': true,
  'launch-requires-imdsv2': true,
  'modify-requires-imdsv2': true,
  'deny-imdsv1-keys': true,
  'own-vpc-only': true,
  'own-address-only': true,
};

/** Deployments whose templates differ, by the context they are made with. */
const DEPLOYMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  single: { mode: 'single' },
  'single-of-everything': {
    mode: 'single',
    hubAccount: '111122223333',
    hubRegion: 'eu-central-1',
    regions: 'eu-central-1,us-east-1',
    forwardAll: 'true',
    customerKey: 'true',
    findingsEmail: 'security@example.com',
    alarmsEmail: 'security@example.com',
    findingsBusArn: 'arn:aws:events:eu-central-1:111122223333:event-bus/security',
    trailBucketArn: 'arn:aws:s3:::shop-trail',
    hunt: 'true',
    metadataNoTokenAlarm: 'true',
    postureSummary: 'true',
    kubernetes: 'true',
    kubernetesPattern: '-leases',
    workloads: '["ec2-instance","ecs-task","eks-pod","lambda-function","service-session"]',
  },
  trail: { mode: 'trail', trailBucketArn: 'arn:aws:s3:::shop-trail' },
  'trail-of-another-account': {
    mode: 'trail',
    hubAccount: '111122223333',
    hubRegion: 'eu-central-1',
    trailBucketArn: 'arn:aws:s3:::shop-trail',
    trailBucketOwner: '444455556666',
    trailPrefix: 'organization/',
    hunt: 'true',
    huntKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    huntWorkDays: '7',
    huntRemovalPolicy: 'destroy',
    huntTags: '{"cost-center":"security"}',
    huntMegabytes: '10240',
    huntConcurrency: '1000',
    huntPublish: 'true',
    huntStoreFacts: 'true',
  },
  organization: {
    mode: 'organization',
    organizationId: 'o-exampleorgid',
    hubAccount: '111122223333',
    hubRegion: 'eu-central-1',
    regions: 'eu-central-1,us-east-1',
    targetOus: 'r-abcd',
    metadataNoTokenAlarm: 'true',
    kubernetes: 'true',
    guardrails: JSON.stringify({ ...ALL_GUARDRAILS, 'protect-credlock': { attachTo: ['r-abcd'] } }),
  },
  'organization-by-delegate': {
    mode: 'organization',
    organizationId: 'o-exampleorgid',
    hubAccount: '111122223333',
    hubRegion: 'eu-central-1',
    regions: 'eu-central-1,us-east-1',
    targetOus: 'ou-abcd-12345678',
    managementAccount: '777788889999',
    stackSetCaller: 'delegated-admin',
    verificationRole: 'false',
    forwardAll: 'true',
  },
};

export type Resource = Readonly<Record<string, unknown>> & { readonly Type: string };

export interface Template {
  /** `<deployment>/<stack>` */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly conditions: Readonly<Record<string, unknown>>;
}

export interface Synthesis {
  readonly templates: readonly Template[];
  readonly faults: readonly string[];
}

/** The templates of every deployment, by the real CDK command, with no account and no credentials. */
export async function synthesise(workshop: Workshop): Promise<Synthesis> {
  await built(workshop);
  const output = join(workshop.cache, 'templates');
  await rm(output, { recursive: true, force: true });
  const names = Object.keys(DEPLOYMENTS);
  const half = Math.ceil(names.length / 2);
  // Two at a time: each holds the whole of CDK in memory.
  const halves = await Promise.all(
    [names.slice(0, half), names.slice(half)].map((some) => synthesiseEach(workshop, some, output)),
  );
  const syntheses = halves.flat();
  return {
    templates: syntheses.flatMap(({ templates }) => templates),
    faults: syntheses.flatMap(({ faults }) => faults),
  };
}

async function synthesiseEach(workshop: Workshop, names: readonly string[], output: string): Promise<Synthesis[]> {
  const syntheses: Synthesis[] = [];
  for (const name of names) {
    const context = DEPLOYMENTS[name] ?? {};
    syntheses.push(await synthesiseOne(workshop, name, { context, output: join(output, name) }));
  }
  return syntheses;
}

/** The templates of one deployment, in `output`. */
export async function synthesiseOne(
  { root, cache }: Workshop,
  name: string,
  { context, output }: { readonly context: Readonly<Record<string, string>>; readonly output: string },
): Promise<Synthesis> {
  const home = join(cache, 'home');
  await mkdir(home, { recursive: true });
  const cdk = [
    join(root, 'node_modules/aws-cdk/bin/cdk'),
    'synth',
    '--quiet',
    '--no-notices',
    '--no-version-reporting',
  ];
  const given = Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const outcome = await execute(process.execPath, [...cdk, '--output', output, ...given], {
    cwd: root,
    env: { HOME: home, CDK_DISABLE_CLI_TELEMETRY: 'true', ...NO_CREDENTIALS },
  });
  const failed = outcome.status === 0 ? [] : [`cdk synth fails for ${name}:\n${lastWords(outcome, 12)}`];
  const files = (await readdir(output).catch(() => [])).filter((file) => file.endsWith('.template.json'));
  const templates = await Promise.all(
    files.sort().map((file) => readTemplate(`${name}/${file.replace(/\.template\.json$/, '')}`, join(output, file))),
  );
  const none = templates.length === 0 && failed.length === 0 ? [`cdk synth gives no template for ${name}`] : [];
  const carried = await Promise.all(templates.flatMap((template) => inStackSets(template, output)));
  return { templates: [...templates, ...carried], faults: [...failed, ...none] };
}

/** The templates that a template's StackSets carry, each in a file of its own. */
function inStackSets({ name, resources }: Template, folder: string): Promise<Template>[] {
  return Object.entries(resources).flatMap(([id, { Type: type, Properties }]) => {
    const { TemplateBody: body } = (Properties ?? {}) as { readonly TemplateBody?: unknown };
    if (type !== 'AWS::CloudFormation::StackSet') return [];
    if (typeof body !== 'string') throw new Error(`${name}: ${id} carries no template that is text`);
    const file = join(folder, `${id}.carried.json`);
    return [writeFile(file, body).then(() => templateOf(`${name}/${id}`, file, body))];
  });
}

const NO_CREDENTIALS = {
  AWS_PROFILE: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_REGION: undefined,
  AWS_DEFAULT_REGION: undefined,
};

async function readTemplate(name: string, file: string): Promise<Template> {
  return templateOf(name, file, await readFile(file, 'utf8'));
}

function templateOf(name: string, file: string, text: string): Template {
  const { Resources: resources = {}, Conditions: conditions = {} } = JSON.parse(text) as {
    readonly Resources?: Template['resources'];
    readonly Conditions?: Template['conditions'];
  };
  return { name, file, text, resources, conditions };
}
