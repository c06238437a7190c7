import { isDeepStrictEqual } from 'node:util';
import type { AwsSecurityFinding, Resource } from '@aws-sdk/client-securityhub';

/** The hub imports in its own Region, at the time of its clock. */
const OF_IMPORT = ['UpdatedAt', 'ProductArn'];
/** The deployment keeps the calls it needs to judge, replay those it needs to report. Both have these fields. */
const OF_CALLS = [
  'LastObservedAt',
  'Action.AwsApiCallAction.LastSeen',
  'ProductFields.credlock/calls',
  'ProductFields.credlock/events',
  'ProductFields.credlock/taken',
  'ProductFields.credlock/techniques',
];

/** How the imported findings differ from those of replay, each with the field. */
export function differences(
  imported: readonly AwsSecurityFinding[],
  expected: readonly AwsSecurityFinding[],
): string[] {
  const byId = new Map(imported.map((finding) => [finding.Id, fieldsOf(finding)]));
  const wanted = new Map(expected.map((finding) => [finding.Id, fieldsOf(finding)]));
  const unwanted = [...byId.keys()].filter((id) => !wanted.has(id));
  return [
    ...(expected.length > 0 ? [] : ['replay has no findings']),
    ...(imported.length === byId.size ? [] : ['a finding is there twice']),
    ...unwanted.map((id) => `${id} is no finding of replay`),
    ...[...wanted].flatMap(([id, fields]) => {
      const there = byId.get(id);
      return there ? fieldFaults(there, fields).map((fault) => `${id} ${fault}`) : [`${id} was not imported`];
    }),
  ];
}

type Fields = ReadonlyMap<string, unknown>;

function fieldFaults(there: Fields, wanted: Fields): string[] {
  const names = new Set([...there.keys(), ...wanted.keys()]);
  const different = [...names].filter((name) => !isDeepStrictEqual(there.get(name), wanted.get(name)));
  return different.map(
    (name) => `${name} is ${JSON.stringify(there.get(name))} and not ${JSON.stringify(wanted.get(name))}`,
  );
}

/** Every field by its path. Fields that may differ have no value, or are left out. */
function fieldsOf(finding: AwsSecurityFinding): Fields {
  const fields = new Map<string, unknown>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) collect(inner, path === '' ? name : `${path}.${name}`);
    else fields.set(path, value);
  };
  collect({ ...finding, Resources: finding.Resources?.map(withoutRegion) }, '');
  for (const name of OF_IMPORT) fields.delete(name);
  for (const name of OF_CALLS) if (fields.has(name)) fields.set(name, null);
  return fields;
}

/** Roles and access keys have no Region: the importing one stands for it. */
function withoutRegion(resource: Resource): Resource {
  if (resource.Type?.startsWith('AwsIam') !== true) return resource;
  const { Region: _, ...rest } = resource;
  return rest;
}
