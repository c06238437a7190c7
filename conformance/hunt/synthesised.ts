import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../emulator';
import { synthesiseOne, type Template } from '../templates/synthesise';
import { built, type Workshop } from '../workshop';
import type { DeployedFunction } from '../end-to-end/lambda-function';

/** Names of the hub's table, bucket of settings and queue, by a part of what it exports. */
export const HUB_NAMES = {
  LockTable: 'credlock-lock-table',
  Config: 'credlock-config',
  publishingqueue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/credlock-publishing',
} as const;

export interface SynthesisedHunt {
  /** Of the state machine. */
  readonly definition: string;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly bucket: string;
}

/** The stack of a hunt, as CDK makes it of the context, with the names that CloudFormation would give. */
export async function synthesisedHunt(workshop: Workshop, place: Place, trailBucket: string): Promise<SynthesisedHunt> {
  await built(workshop);
  const output = join(workshop.cache, 'hunt');
  await rm(output, { recursive: true, force: true });
  const context = {
    mode: 'single',
    hunt: 'true',
    huntPublish: 'true',
    huntStoreFacts: 'true',
    hubAccount: place.account,
    hubRegion: place.region,
    regions: place.region,
    trailBucketArn: `arn:aws:s3:::${trailBucket}`,
  };
  const { templates, faults } = await synthesiseOne(workshop, 'hunt', { context, output });
  const template = templates.find(({ name }) => name.endsWith('/credlock-hunt'));
  if (faults.length > 0 || !template) throw new Error(faults.join('\n') || 'there is no template of credlock-hunt');
  const bucket = 'hunt-work';
  const value = resolver(template, place, bucket);
  const [[, machine] = []] = ofType(template, 'AWS::StepFunctions::StateMachine');
  if (!machine) throw new Error('the stack has no state machine');
  const functions = ofType(template, 'AWS::Lambda::Function').map(([id, resource]) => {
    const { FunctionName, Code, Environment } = resource['Properties'] as FunctionProperties;
    const folder = join(output, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
    const variables = Object.fromEntries(
      Object.entries(Environment.Variables).map(([name, one]) => [name, value(one)]),
    );
    return [value({ 'Fn::GetAtt': [id, 'Arn'] }), { name: FunctionName, folder, variables }] as const;
  });
  const { DefinitionString } = machine['Properties'] as { DefinitionString: unknown };
  return { definition: value(DefinitionString), functions: new Map(functions), bucket };
}

interface FunctionProperties {
  readonly FunctionName: string;
  readonly Code: { readonly S3Key: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

function ofType({ resources }: Template, type: string): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** Evaluates the few intrinsic functions that the stack has. Throws for any other. */
function resolver(template: Template, { account, region }: Place, bucket: string): (value: unknown) => string {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
  };
  const nameOf = (id: string): string => {
    const resource = template.resources[id];
    const { FunctionName } = (resource?.['Properties'] ?? {}) as { FunctionName?: string };
    if (resource?.Type === 'AWS::S3::Bucket') return bucket;
    return pseudo[id] ?? `arn:aws:lambda:${region}:${account}:function:${FunctionName ?? id}`;
  };
  const value = (given: unknown): string => {
    if (typeof given === 'string') return given;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined, 'Fn::ImportValue': imported } = given as Intrinsic;
    if (imported !== undefined) return importedName(imported);
    if (Ref !== undefined) return nameOf(Ref);
    if (attribute) return nameOf(attribute[0]);
    if (joined) return joined[1].map(value).join(joined[0]);
    throw new Error(`the stack has ${JSON.stringify(given)}`);
  };
  return value;
}

/** What the hub exports, by what the name of the export contains. */
function importedName(exported: string): string {
  const [, name] = Object.entries(HUB_NAMES).find(([part]) => exported.includes(part)) ?? [];
  if (name === undefined) throw new Error(`the hub exports ${exported}`);
  return name;
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::ImportValue'?: string;
  readonly 'Fn::GetAtt'?: readonly [id: string, attribute: string];
  readonly 'Fn::Join'?: readonly [separator: string, parts: readonly unknown[]];
}
