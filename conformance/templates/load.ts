import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Emulator, Place } from '../emulator';
import { holds } from './conditions';
import type { Template } from './synthesise';

/** A rule as it was made. */
export interface MadeRule {
  readonly name: string;
  readonly state: string;
  readonly pattern: unknown;
}

export interface Loaded {
  /** Resources that the template has there. */
  readonly wanted: number;
  /** Logical ids of those that were not made, with their types. */
  readonly missing: readonly { readonly id: string; readonly type: string }[];
  /** Why the stack was not made; empty where it was. */
  readonly failure: string;
  readonly rules: readonly MadeRule[];
}

/** Whether the emulator makes resources of a type. */
export type Emulated = (type: string) => boolean;

/** The end of a zip archive with nothing in it, which is a whole one. */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);

/** Makes the template's stack in the emulator, which forgets what was there. */
export async function load(emulator: Emulator, template: Template, place: Place, known: Emulated): Promise<Loaded> {
  await emulator.reset();
  const config = await emulator.clientConfig(place);
  const cloudFormation = new CloudFormationClient(config);
  const events = new EventBridgeClient(config);
  try {
    const failure = await makeStack(emulator, template, place, known);
    if (failure !== '') return { wanted: 0, missing: [], failure, rules: [] };
    const wanted = wantedOf(template, place);
    const { StackResources: made = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: stackNameOf(template) }),
    );
    // What a condition leaves out is there without a name.
    const ids = new Set(made.flatMap(({ LogicalResourceId }) => LogicalResourceId || []));
    const missing = wanted.filter(({ id }) => !ids.has(id));
    const unwanted = [...ids].filter((id) => !wanted.some((one) => one.id === id));
    return {
      wanted: wanted.length,
      missing,
      failure: unwanted.length > 0 ? `made what the template leaves out there: ${unwanted.join(', ')}` : '',
      rules: await madeRules(events),
    };
  } finally {
    for (const client of [cloudFormation, events]) client.destroy();
  }
}

/** Makes the template's stack. Gives why it failed; empty where it did not. */
export async function makeStack(
  emulator: Emulator,
  template: Template,
  place: Place,
  known: Emulated,
): Promise<string> {
  const config = await emulator.clientConfig(place);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const cloudFormation = new CloudFormationClient(config);
  try {
    await bootstrap(emulator, place);
    const url = await putFiles(s3, template, { ...place, known });
    return await createStack(emulator, cloudFormation, { template, place, url });
  } finally {
    for (const client of [s3, cloudFormation]) client.destroy();
  }
}

function stackNameOf({ name }: Template): string {
  return name.split('/').at(-1) ?? name;
}

function wantedOf({ resources, conditions }: Template, place: Place): { id: string; type: string }[] {
  const there = Object.entries(resources).filter(
    ([, { Condition }]) => typeof Condition !== 'string' || holds(conditions, Condition, place),
  );
  return there.map(([id, { Type: type }]) => ({ id, type }));
}

/** What templates look for first: the version of the account's bootstrap stack. */
async function bootstrap({ endpoint, headers }: Emulator, place: Place): Promise<void> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      ...headers(place, 'ssm'),
      'X-Amz-Target': 'AmazonSSM.PutParameter',
      'Content-Type': 'application/x-amz-json-1.1',
    },
    body: JSON.stringify({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }),
  });
  if (!answer.ok) throw new Error(`the emulator keeps no parameter: ${answer.status}`);
}

/** The template, whose URL is given, and code for the functions: any will do, moto does not run them. */
async function putFiles(
  s3: S3Client,
  template: Template,
  { account, region, known }: Place & { readonly known: Emulated },
): Promise<string> {
  const bucket = `conformance-templates-${account}-${region}`;
  const put = async (Bucket: string, Key: string, Body: string | Uint8Array): Promise<void> => {
    await s3
      .send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: LOCATED(region) }))
      .catch(() => undefined);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  };
  await put(bucket, 'template.json', JSON.stringify(referable(JSON.parse(template.text), template.resources, known)));
  const text = JSON.stringify(template.resources);
  const keys = new Set(Array.from(text.matchAll(/"S3Key":"([^"]+)"/g), ([, key = '']) => key));
  for (const key of keys) await put(`cdk-hnb659fds-assets-${account}-${region}`, key, EMPTY_ZIP);
  return `https://${bucket}.s3.amazonaws.com/template.json`;
}

/** What moto can refer to: an event bus by its name alone, and nothing that it does not make, or that is of another stack. */
function referable(json: unknown, resources: Template['resources'], known: Emulated): unknown {
  if (Array.isArray(json)) return json.map((entry) => referable(entry, resources, known));
  if (typeof json !== 'object' || json === null) return json;
  return (
    standIn(json, resources, known) ??
    Object.fromEntries(Object.entries(json).map(([name, value]) => [name, referable(value, resources, known)]))
  );
}

/** What stands for a reference that moto cannot follow; null for anything else. */
function standIn(json: object, resources: Template['resources'], known: Emulated): unknown {
  const [[key, operand] = []] = Object.entries(json);
  // Each stack is made alone.
  if (key === 'Fn::ImportValue') return `arn:aws:imported:::${String(operand)}`;
  if (key !== 'Ref' && key !== 'Fn::GetAtt') return null;
  const id = String(Array.isArray(operand) ? operand[0] : operand);
  const referred = resources[id];
  if (!referred) return null;
  if (!known(referred.Type)) return `arn:aws:not-made:::${id}`;
  const isBus = key === 'Ref' && referred.Type === 'AWS::Events::EventBus';
  return isBus ? (referred['Properties'] as { readonly Name: unknown }).Name : null;
}

/** S3 wants no location for its first Region. */
function LOCATED(region: string) {
  return region === 'us-east-1' ? undefined : { LocationConstraint: region as never };
}

async function createStack(
  emulator: Emulator,
  cloudFormation: CloudFormationClient,
  { template, place, url }: { readonly template: Template; readonly place: Place; readonly url: string },
): Promise<string> {
  const StackName = stackNameOf(template);
  try {
    const { StackId } = await cloudFormation.send(
      new CreateStackCommand({ StackName, TemplateURL: url, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    );
    for (const id of customResources(template)) await answerFor(emulator, place, String(StackId), id);
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return stack?.StackStatus === 'CREATE_COMPLETE' ? '' : `ends in ${stack?.StackStatus}`;
  } catch (error) {
    return `${messageOf(error)}\n${emulator.log().split('\n').slice(-12).join('\n')}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function customResources({ resources }: Template): string[] {
  return Object.entries(resources).flatMap(([id, { Type: type }]) => (type.startsWith('Custom::') ? [id] : []));
}

/** Says that a custom resource is made, as the function behind it would. */
async function answerFor({ endpoint, headers }: Emulator, place: Place, stackId: string, id: string): Promise<void> {
  const url = `${endpoint}/cloudformation_${place.region}/cfnresponse?stack=${stackId}`;
  const body = { Status: 'SUCCESS', StackId: stackId, LogicalResourceId: id, RequestId: id, Data: {} };
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { ...headers(place, 'cloudformation'), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the emulator takes no answer for ${id}: ${answer.status} ${await answer.text()}`);
}

async function madeRules(events: EventBridgeClient): Promise<MadeRule[]> {
  const { EventBuses: buses = [] } = await events.send(new ListEventBusesCommand({}));
  const made: MadeRule[] = [];
  for (const { Name: EventBusName } of buses) {
    const { Rules: rules = [] } = await events.send(new ListRulesCommand({ EventBusName, Limit: 100 }));
    for (const { Name } of rules) {
      const rule = await events.send(new DescribeRuleCommand({ Name, EventBusName }));
      const pattern: unknown = rule.EventPattern === undefined ? null : JSON.parse(rule.EventPattern);
      made.push({ name: `${EventBusName}/${Name}`, state: rule.State ?? '', pattern });
    }
  }
  return made;
}
