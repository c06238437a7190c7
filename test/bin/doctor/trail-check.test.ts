import { trailFault, trailGaps, trailsOf } from '../../../bin/doctor/trail-check';
import type { WireTrail } from '../../wire-server/cloudtrail';
import { startWireServer, type WireServer } from '../../wire-server/wire-server';

const SHOP = '111122223333';
const REGION = 'eu-west-1';

let wire: WireServer;

beforeAll(async () => {
  wire = await startWireServer({ account: SHOP, region: REGION });
  process.env['AWS_ENDPOINT_URL'] = wire.endpoint;
});

afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await wire.close();
});

const TRAIL: WireTrail = {
  Name: 'organization-trail',
  TrailARN: `arn:aws:cloudtrail:eu-central-1:999988887777:trail/organization-trail`,
  HomeRegion: 'eu-central-1',
  IsMultiRegionTrail: true,
  isLogging: true,
  eventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
};

const advanced = (...fields: { Field: string; Equals?: string[]; NotEquals?: string[] }[]): Partial<WireTrail> => ({
  eventSelectors: [],
  advancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...fields] }],
});

async function checked(...trails: Partial<WireTrail>[]): Promise<{ fault: string | null; gaps: string[] }> {
  const seen = wire.cloudTrail.in(SHOP, REGION);
  seen.splice(0, seen.length, ...trails.map((trail) => ({ ...TRAIL, ...trail })));
  const { credentials } = wire.clientConfig();
  const found = await trailsOf(REGION, { ...credentials, sessionToken: '' });
  return { fault: trailFault(found), gaps: trailGaps(found) };
}

test.each([
  ['none', [], 'no trail covers this Region'],
  ['one of another Region', [{ IsMultiRegionTrail: false }], 'no trail covers this Region'],
  ['one that is off', [{ isLogging: false }], 'organization-trail: logging is off'],
  ['write events alone', [{ eventSelectors: [{ ReadWriteType: 'WriteOnly' as const }] }], 'no read management events'],
  ['read events alone', [advanced({ Field: 'readOnly', Equals: ['true'] })], 'no write management events'],
  ['data events alone', [{ eventSelectors: [{ IncludeManagementEvents: false }] }], 'no management events'],
  [
    'data events alone, by advanced selectors',
    [
      {
        eventSelectors: [],
        advancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }],
      },
    ],
    'no management events',
  ],
])('%s are a fault', async (_, trails, fault) => {
  expect((await checked(...trails)).fault).toContain(fault);
});

test.each([
  ['one that records all', [{}]],
  ['one of this Region', [{ IsMultiRegionTrail: false, HomeRegion: REGION }]],
  ['one that records all, by advanced selectors', [advanced()]],
  [
    'two halves of one trail',
    [{ eventSelectors: [{ ReadWriteType: 'ReadOnly' as const }, { ReadWriteType: 'WriteOnly' as const }] }],
  ],
  ['one beside another that is off', [{ isLogging: false, Name: 'old', TrailARN: 'arn:old' }, {}]],
])('%s is enough', async (_, trails) => {
  expect(await checked(...trails)).toEqual({ fault: null, gaps: [] });
});

test('what is left out is reported, unless another trail has it', async () => {
  const without = { eventSelectors: [{ ExcludeManagementEventSources: ['kms.amazonaws.com'] }] };
  expect(await checked(without)).toEqual({ fault: null, gaps: ['kms.amazonaws.com'] });
  expect(await checked(without, { TrailARN: 'arn:whole' })).toEqual({ fault: null, gaps: [] });
  const narrowed = advanced({ Field: 'eventSource', NotEquals: ['rdsdata.amazonaws.com'] });
  expect(await checked(narrowed)).toEqual({ fault: null, gaps: ['rdsdata.amazonaws.com'] });
});

test('selectors that are another account’s to read are no fault', async () => {
  wire.fail(
    { service: 'cloudtrail', operation: 'GetEventSelectors' },
    { kind: 'error', code: 'AccessDeniedException', message: 'not authorized', status: 403 },
  );
  expect(await checked({})).toEqual({ fault: null, gaps: [] });
});
