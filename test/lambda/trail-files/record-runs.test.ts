import { readTrailText } from '../../../lambda/trail-files/read-trail-object';
import type { RunReader } from '../../../lambda/trail-files/record-runs';

const COUNT = 2_000;
const RECORD = JSON.stringify({
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', userName: 'ada' },
  eventName: 'AssumeRole',
  eventSource: 'sts.amazonaws.com',
  requestParameters: { roleSessionName: 'a'.repeat(1_000) },
});

describe('runs of records in a stream', () => {
  it('are read to the end of a wrapper, though no chunk ends with a record', async () => {
    const text = Buffer.from(`{"Records":[${Array.from({ length: COUNT }, () => RECORD).join(',\n')}]}`);
    let inRuns = 0;
    const runs: RunReader = (bytes) => {
      const part = bytes.toString('latin1');
      const end = /^[\s,]*\{"eventVersion/.test(part) ? part.lastIndexOf('},\n') + 1 : 0;
      const records = part.slice(0, end).split('"eventVersion"').length - 1;
      inRuns += records;
      return { end, records, skipped: new Map() };
    };
    const { records, problem } = await readTrailText(chunksOf(text), () => {}, { runs });
    expect({ records, problem }).toEqual({ records: COUNT, problem: null });
    expect(inRuns).toBeGreaterThan(0.9 * COUNT);
  });
});

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 65_536)
    yield await Promise.resolve(bytes.subarray(from, from + 65_536));
}
