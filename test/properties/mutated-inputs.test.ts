import { FORMATS, randomOf, textsAround, theftOf } from '../../bench/mutated-inputs';
import { readInput } from '../../bin/inputs/read-input';
import { detect } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { readInto } from '../../lambda/detection/records/read-facts';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { chunksOf } from '../lambda/trail-files/trail-fixtures';
import { trailScenarios } from '../scenario';

const BASES = trailScenarios().flatMap(({ records }) => records as object[]);
const INSTANCE = 'i-0fedcba9876543210';

/** `npm run bench:mutations` tries a million records. */
test.each(Object.keys(FORMATS))('a theft beside mutated records is found in %s', async (name) => {
  const random = randomOf(20260914);
  let read = 0;
  for (let round = 0; round < 3; round += 1) {
    const facts = new FactSet();
    const texts = textsAround(theftOf(INSTANCE), 150, BASES, random);
    const content = Buffer.from(FORMATS[name]?.(texts) ?? '');
    const { records } = await readInput(chunksOf(content, 10_000), (record) => readInto(facts, record));
    read += records;
    const settings = parseSettings({});
    if ('faults' in settings) throw new Error(settings.faults.join());
    const { findings } = detect({ facts, settings: settings.value, ipRanges: null });
    const found = findings.map(({ workload, origin }) => `${workload?.id ?? ''} ${origin?.ip ?? ''}`);
    expect(found).toContain(`${INSTANCE} 192.0.2.251`);
  }
  // A mutation may end the list of records early.
  expect(read).toBeGreaterThan(200);
});
