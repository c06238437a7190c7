import fc from 'fast-check';
import { csvRows } from '../../../bin/formats/csv-rows';
import { OUTPUT_FORMATS } from '../../../bin/formats/output-formats';
import type { ReplayResult } from '../../../bin/formats/output-format';
import { breakagesTable } from '../../../bin/guardrails/breakages-table';
import { messageOf, subjectOf } from '../../../lambda/adapters/sinks/notification-text';
import { topicRequest } from '../../../lambda/adapters/sinks/topic-message';
import type { Breakage } from '../../../lambda/detection/guardrails/traffic-check';
import { byGravity } from '../../../lambda/detection/findings/taken';
import type { Finding } from '../../../lambda/detection/model/finding';
import { isPrintable } from '../../../lambda/detection/model/printable';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { eventAt, madeUp } from '../../lambda/adapters/security-hub/asff-samples';
import { NO_AUDIT } from '../../../bin/report/summary';
import { chapter, CONFIG, findingsOf, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

const COUNTS = { workloads: 1, sessions: 1, unproven: 0, disproved: 0, relayed: 0 };

function resultOf(findings: readonly Finding[], over: Partial<ReplayResult> = {}): ReplayResult {
  return {
    findings,
    hidden: 0,
    detection: { findings, suppressed: [], counts: COUNTS },
    seen: () => ({ accounts: [], span: null }),
    excerpt: null,
    read: { files: 1, records: 1, audit: NO_AUDIT, skipped: new Map(), problems: [], digests: [] },
    settings: DEFAULT_SETTINGS,
    ipRanges: null,
    postures: () => [],
    asffAccount: undefined,
    columns: 120,
    colours: false,
    long: false,
    ...over,
  };
}

async function written(name: string, findings: readonly Finding[], over: Partial<ReplayResult> = {}): Promise<string> {
  const format = OUTPUT_FORMATS.find((one) => one.name === name);
  const writer = await format?.start();
  return [...(writer?.write(resultOf(findings, over)) ?? [])].join('');
}

/** Rows of RFC 4180. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [];
  for (const line of csv.trimEnd().split('\r\n'))
    rows.push(Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, cell = '']) => cell).slice(0, -1));
  return rows;
}

describe('csv', () => {
  test('has a row for each finding, the gravest first, with the header’s number of cells', async () => {
    const findings = byGravity(await findingsOf([chapter('03'), chapter('05'), '--config', CONFIG]));
    const [header = [], ...rows] = rowsOf(await written('csv', findings));
    expect(rows.map(([severity, type]) => [severity, type])).toEqual(
      findings.map(({ severity, type }) => [severity, type]),
    );
    for (const row of rows) expect(row).toHaveLength(header.length);
    expect(rows.map((row) => row[header.indexOf('what_was_done')] ?? '').join(' ')).toContain(
      's3:GetObject ×7 shop-receipts',
    );
  });

  test.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', "'+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['a, b', '"a, b"'],
    ['a\nb\u001b[2J', 'a b\u{FFFD}[2J'],
    ['plain', 'plain'],
  ])('writes %j as one cell that is no formula', (text, cell) => {
    expect([...csvRows({ text: (one: string) => one }, [text])]).toEqual(['text\r\n', `${cell}\r\n`]);
  });
});

test('timeline has the columns Timesketch requires, and each suspicious call once, in order of time', async () => {
  const findings = await findingsOf([chapter('03'), '--config', CONFIG]);
  const { stdout, code } = await replay([chapter('03'), '--config', CONFIG, '--format', 'timeline']);
  const [header = [], ...rows] = rowsOf(stdout);
  expect(code).toBe(0);
  expect(header.slice(0, 3)).toEqual(['message', 'datetime', 'timestamp_desc']);
  const times = rows.map((row) => row[1] ?? '');
  expect(times).toEqual([...times].sort());
  expect(times[0]).toBe('2026-09-14T13:41:03+00:00');
  const ids = new Set(findings.flatMap(({ events }) => events.map(({ id }) => id)));
  expect(new Set(rows.map((row) => row[header.indexOf('event_id')]))).toEqual(ids);
  expect(rows).toHaveLength(ids.size);
  expect(stdout).toContain('s3:GetObject shop-receipts/');
});

test('ocsf has a Detection Finding for each finding, with techniques, evidence and the resources affected', async () => {
  const [finding] = await findingsOf([chapter('03'), '--config', CONFIG]);
  const line = JSON.parse(await written('ocsf', finding ? [finding] : [])) as Record<string, unknown>;
  expect(line).toMatchObject({
    class_uid: 2_004,
    type_uid: 200_401,
    severity_id: 4,
    time: Date.parse(finding?.lastSeen ?? ''),
    cloud: { provider: 'AWS', account: { uid: '111122223333' }, region: 'eu-west-1' },
    finding_info: {
      uid: finding?.id,
      attacks: [
        { technique: { uid: 'T1078.004' } },
        { technique: { uid: 'T1552.005' } },
        { technique: { uid: 'T1530' } },
      ],
    },
  });
  expect(JSON.stringify(line['resources'])).toContain('shop-receipts/');
  expect(JSON.stringify(line['evidences'])).toContain('"ip":"192.0.2.66"');
});

test('--explain refuses formats it does not have', async () => {
  const { stderr, code } = await replay([chapter('03'), '--explain', 'i-0503ef25295e8af60', '--format', 'jsonl']);
  expect(stderr).toContain('--explain has no jsonl output: leave --format out');
  expect(code).toBe(1);
});

describe('texts that others chose', () => {
  const hostile = fc
    .array(
      fc.constantFrom(
        '\u001b[2J',
        '\u009b31m',
        '\u202e',
        '\u2066',
        '\u200b',
        '\r',
        '\n',
        '\0',
        '\ud800',
        'a',
        '=',
        '"',
        '<',
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((parts) => parts.join(''));

  function findingOf(text: string): Finding {
    const base = madeUp();
    return madeUp({
      type: 'ImplausibleOrigin',
      title: text,
      description: text,
      evidence: [text],
      ruledOut: [{ explanation: text, because: text }],
      advice: [text],
      workload: base.workload && { ...base.workload, kind: 'lambda-function', id: text },
      sessions: [{ arn: text, role: text, accessKeyIds: [text] }],
      origin: base.origin && { ...base.origin, ip: text },
      events: [
        eventAt('2026-09-14T08:00:00Z', { name: text, resource: text, userAgent: text, errorCode: text, region: text }),
      ],
      related: [{ kind: 'chained-session', arn: text, accessKeyIds: [text] }],
    });
  }

  const isHarmless = (output: string): boolean => output.split(/\r?\n/).every(isPrintable);

  // The report has tests of its own, in a browser.
  test.each(OUTPUT_FORMATS.map(({ name }) => name).filter((name) => name !== 'html'))(
    'reach no reader of %s as control or format characters',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(hostile, fc.constantFrom(80, 120, 160), async (text, columns) => {
          const output = await written(name, [findingOf(text)], { columns });
          expect(output.split(/\r?\n/).filter((line) => !isPrintable(line))).toEqual([]);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('reach no reader of the long table or a notification', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const finding = findingOf(text);
        const outgoing = {
          finding,
          updatedAt: 0,
          delivery: { mode: 'live', reach: 'live', groupId: null, wasUngrouped: false, lastPublished: null } as const,
          runbookUrl: 'https://example.com',
        };
        expect(isHarmless(await written('table', [finding], { long: true }))).toBe(true);
        expect(isHarmless(messageOf(outgoing))).toBe(true);
        expect(isHarmless(subjectOf(outgoing))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('reach no chat channel', () => {
    const topic = {
      findingsTopicArn: 'arn:aws:sns:eu-west-1:111122223333:findings',
      findingsTopicFormat: 'amazon-q',
    } as const;
    fc.assert(
      fc.property(hostile, (text) => {
        const { input } = topicRequest(topic, { subject: text, message: text, thread: 'id', nextSteps: [text] });
        const { content } = JSON.parse(input.Message ?? '') as { content: Record<string, string | readonly string[]> };
        const shown = [content['title'], content['description'], ...(content['nextSteps'] ?? [])].join('\n');
        expect(shown.split('\n').filter((line) => !isPrintable(line) || line.includes('<'))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('reach no reader of a guardrail check', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(80, 120, 160), (text, columns) => {
        const row: Breakage = {
          schema: 'credlock.guardrail-check/1',
          guardrail: 'own-vpc-only',
          certainty: 'certain',
          suspected: false,
          account: text,
          principal: text,
          principalArn: text,
          workloads: [text],
          workloadsLeftOut: 0,
          service: text,
          actions: [text],
          userAgents: [text],
          count: 1,
          countIsLeast: false,
          firstSeen: '2026-09-14T08:00:00Z',
          lastSeen: '2026-09-14T08:00:00Z',
          why: [text],
          fix: [text],
        };
        const output = [...breakagesTable([row], ['own-vpc-only'], columns, false)].join('');
        expect(output.split('\n').filter((line) => !isPrintable(line))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
