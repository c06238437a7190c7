import { WATCHED_RESOURCES } from '../../../lambda/detection/tampering/watched-resources';
import { buildApp, type BuiltApp, type StackTemplate } from '../synthesis';

const EVERYTHING = [
  'customerKey=true',
  'metadataNoTokenAlarm=true',
  'postureSummary=true',
  'findingsEmail=a@b.example',
  'kubernetes=true',
];
const PLACES = ['hubAccount=111122223333', 'hubRegion=eu-west-1'];
const GUARDRAILS = JSON.stringify({ 'protect-credlock': {} });
const DEPLOYMENTS: Readonly<
  Record<string, { readonly context: readonly string[]; readonly stacks: readonly string[] }>
> = {
  single: { context: ['mode=single', ...EVERYTHING], stacks: ['credlock'] },
  organization: {
    context: [
      'mode=organization',
      'organizationId=o-exampleorgid',
      'targetOus=r-abcd',
      ...PLACES,
      `guardrails=${GUARDRAILS}`,
    ],
    stacks: ['credlock-hub', 'credlock-management', 'credlock-member'],
  },
  trail: {
    context: ['mode=trail', 'trailBucketArn=arn:aws:s3:::org-trail', 'trailBucketOwner=444455556666', ...PLACES],
    stacks: ['credlock-hub', 'credlock-trail'],
  },
};

let app: BuiltApp;
beforeAll(() => {
  app = buildApp();
});
afterAll(() => app.remove());

function typesIn({ Resources }: StackTemplate): string[] {
  return Object.values(Resources).map(({ Type }) => Type);
}

test('every type of resource in the templates has a row that says which calls on it are watched', () => {
  const types = Object.values(DEPLOYMENTS).flatMap(({ context, stacks }) => {
    const synthesis = app.synthesise(...context);
    return stacks.flatMap((stack) => typesIn(synthesis.template(stack)));
  });
  expect([...new Set(types)].sort()).toEqual(Object.keys(WATCHED_RESOURCES).sort());
});
