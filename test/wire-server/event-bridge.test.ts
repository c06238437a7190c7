import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { manualClock } from './clock';
import { startWireServer, type WireServer } from './wire-server';

const ENTRY = { Source: 'credlock', DetailType: 'Credlock Finding', Detail: '{"schema":"credlock.finding/1"}' };

let wire: WireServer;
let events: EventBridgeClient;

beforeEach(async () => {
  wire = await startWireServer({ clock: manualClock('2026-09-01T00:00:00Z') });
  events = new EventBridgeClient(wire.clientConfig());
});

afterEach(async () => {
  events.destroy();
  await wire.close();
});

function put(...entries: PutEventsRequestEntry[]) {
  return events.send(new PutEventsCommand({ Entries: entries }));
}

test('keeps events with their time, bus and resources', async () => {
  const bus = wire.eventBridge.createBus('security', { account: '111122223333', region: 'eu-central-1' });
  const Time = new Date('2026-08-31T12:00:00Z');
  const answer = await put(ENTRY, { ...ENTRY, EventBusName: 'security', Time, Resources: ['arn:a', 'arn:b'] });
  expect(answer.FailedEntryCount).toBe(0);
  expect(answer.Entries?.map(({ EventId: id }) => id)).toEqual(wire.eventBridge.events.map(({ id }) => id));
  expect(wire.eventBridge.events).toMatchObject([
    { detail: ENTRY.Detail, time: '2026-09-01T00:00:00.000Z', resources: [] },
    {
      bus,
      source: 'credlock',
      detailType: 'Credlock Finding',
      time: Time.toISOString(),
      resources: ['arn:a', 'arn:b'],
    },
  ]);
});

test('drops what is for a bus that does not exist, and answers as if all were well', async () => {
  expect((await put({ ...ENTRY, EventBusName: 'nowhere' })).FailedEntryCount).toBe(0);
  expect(wire.eventBridge.events).toEqual([]);
  expect(wire.eventBridge.dropped).toHaveLength(1);
});

const many = (count: number) => Array.from({ length: count }, () => ENTRY);

test('takes ten entries and refuses eleven and none', async () => {
  expect((await put(...many(10))).FailedEntryCount).toBe(0);
  await expect(put(...many(11))).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
  expect(wire.eventBridge.events).toHaveLength(10);
});

const detail = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - JSON.stringify({ text: '' }).length) });

test('refuses a call of 1 MB and takes one byte less', async () => {
  const rest = ENTRY.Source.length + ENTRY.DetailType.length;
  const half = 524_288;
  const first = { ...ENTRY, Detail: detail(half - rest) };
  await expect(put(first, first)).rejects.toMatchObject({ name: 'ValidationException' });
  await put(first, { ...ENTRY, Detail: detail(half - rest - 1) });
  expect(wire.eventBridge.events).toHaveLength(2);
});

test('counts bytes and not characters, and 14 for a time', async () => {
  const Detail = JSON.stringify({ text: 'ü'.repeat(524_288) });
  await expect(put({ ...ENTRY, Detail })).rejects.toMatchObject({ name: 'ValidationException' });
  const rest = ENTRY.Source.length + ENTRY.DetailType.length + JSON.stringify({ text: '' }).length;
  const full = { ...ENTRY, Detail: JSON.stringify({ text: 'x'.repeat(1_048_575 - rest) }) };
  await expect(put({ ...full, Time: new Date(0) })).rejects.toMatchObject({ name: 'ValidationException' });
  await put(full);
});

test.each([
  ['no Source', { Source: undefined }, 'InvalidArgument'],
  ['no DetailType', { DetailType: undefined }, 'InvalidArgument'],
  ['no Detail', { Detail: undefined }, 'InvalidArgument'],
  ['a DetailType of 129', { DetailType: 'x'.repeat(129) }, 'InvalidArgument'],
  ['a Detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['a Detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
  ['a source of AWS', { Source: 'aws.ec2' }, 'NotAuthorizedForSourceException'],
])('fails the entry with %s and keeps the other', async (_, wrong, code) => {
  const answer = await put({ ...ENTRY, ...wrong }, { ...ENTRY, DetailType: 'x'.repeat(128) });
  expect(answer).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
  });
  expect(wire.eventBridge.events).toHaveLength(1);
});

test('fails the entries a test chooses', async () => {
  wire.fail({ service: 'events' }, { kind: 'entries', which: (_, index) => index === 0, code: 'InternalFailure' });
  expect(await put(ENTRY, ENTRY)).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'InternalFailure' }, {}],
  });
  expect(wire.eventBridge.events).toHaveLength(1);
});
