import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emulator, Place } from '../emulator';
import { emulatedTypes } from '../templates/check-templates';
import { makeStack } from '../templates/load';
import { synthesiseOne, type Template } from '../templates/synthesise';
import { built, type Workshop } from '../workshop';
import type { DeployedFunction } from './lambda-function';

/** A queue from which Lambda gives a function its messages. */
export interface EventSource {
  readonly queue: string;
  readonly batchSize: number;
  readonly function: DeployedFunction;
}

export const HUB: Place = { account: '888877776666', region: 'eu-west-1' };
/** Those of the demo's trail. */
const ACCOUNTS = ['111122223333', '444455556666', '777788889999'];
const REGIONS = ['eu-west-1', 'us-east-1'];

const CONTEXT = {
  mode: 'organization',
  organizationId: 'o-exampleorgid',
  hubAccount: HUB.account,
  hubRegion: HUB.region,
  regions: REGIONS.join(','),
  targetOus: 'r-abcd',
  // Sessions of service accounts and chained sessions are in the demo.
  forwardAll: 'true',
};

/** Makes the hub in its account, and the member's stack in every account and Region. Throws where one is not made. */
export async function deployOrganization(workshop: Workshop, emulator: Emulator): Promise<EventSource[]> {
  await built(workshop);
  const output = join(workshop.cache, 'end-to-end');
  await rm(output, { recursive: true, force: true });
  const { templates, faults } = await synthesiseOne(workshop, 'end-to-end', { context: CONTEXT, output });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const known = await emulatedTypes(workshop);
  const make = async (template: Template, place: Place): Promise<void> => {
    const failure = await makeStack(emulator, template, place, known);
    if (failure !== '') throw new Error(`${template.name} in ${place.account} ${place.region}: ${failure}`);
  };
  const hub = named(templates, 'credlock-hub');
  await make(hub, HUB);
  const member = named(templates, 'credlock-member');
  for (const account of ACCOUNTS) for (const region of REGIONS) await make(member, { account, region });
  return eventSources(emulator, codeFolders(hub, output));
}

function named(templates: readonly Template[], stack: string): Template {
  const template = templates.find(({ name }) => name.endsWith(`/${stack}`));
  if (!template) throw new Error(`there is no template of ${stack}`);
  return template;
}

/** Where CDK left the code of each function. */
function codeFolders({ resources }: Template, output: string): Map<string, string> {
  const functions = Object.values(resources).filter(({ Type: type }) => type === 'AWS::Lambda::Function');
  return new Map(
    functions.map(({ Properties }) => {
      const { FunctionName: name, Code: code } = Properties as { FunctionName: string; Code: { S3Key: string } };
      return [name, join(output, `asset.${code.S3Key.replace(/\.zip$/, '')}`)];
    }),
  );
}

async function eventSources(emulator: Emulator, folders: ReadonlyMap<string, string>): Promise<EventSource[]> {
  const lambda = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${emulator.endpoint}/2015-03-31/${path}`, { headers: emulator.headers(HUB, 'lambda') });
    return answer.json();
  };
  const { EventSourceMappings: mappings } = (await lambda('event-source-mappings/')) as {
    EventSourceMappings: { EventSourceArn: string; FunctionArn: string; BatchSize: number }[];
  };
  return Promise.all(
    mappings.map(async ({ EventSourceArn, FunctionArn, BatchSize: batchSize }) => {
      const name = FunctionArn.split(':')[6] ?? '';
      const { Environment } = (await lambda(`functions/${name}/configuration`)) as {
        Environment: { Variables: Record<string, string> };
      };
      const folder = folders.get(name);
      if (folder === undefined) throw new Error(`${name} has no code`);
      const queue = EventSourceArn.split(':')[5] ?? '';
      const variables = atEmulator(Environment.Variables, emulator);
      return { queue, batchSize, function: { name, folder, variables } };
    }),
  );
}

/** The SDK sends to the host of a queue's URL, whatever its endpoint. */
function atEmulator(variables: Readonly<Record<string, string>>, { endpoint }: Emulator): Record<string, string> {
  const here = (value: string): string => value.replace(/^https:\/\/sqs\.[\w-]+\.amazonaws\.com\//, `${endpoint}/`);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, here(value)]));
}
