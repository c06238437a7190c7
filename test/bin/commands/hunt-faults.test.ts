import { optionFaults, type GivenOption } from '../../../bin/commands/hunt-faults';
import { HUNT_MODES, huntOptions, modesText, type HuntMode } from '../../../bin/commands/hunt-options';

/** The options that ask for each mode. */
const ASKED_BY: Readonly<Record<HuntMode, readonly string[]>> = {
  local: ['--local x'],
  localEstimate: ['--local x', '--estimate'],
  start: [],
  estimate: ['--estimate'],
  watch: ['--watch x'],
  redrive: ['--redrive x'],
  status: ['--status x'],
  stop: ['--stop x'],
};
const MODES = Object.keys(HUNT_MODES).filter((mode): mode is HuntMode => mode in ASKED_BY);
/** All others. */
const OPTIONS = huntOptions()
  .flatMap(({ modes, options }) => options.map((option) => ({ modes, option })))
  .filter(
    ({ option }) =>
      !Object.values(ASKED_BY)
        .flat()
        .some((text) => text.split(' ')[0] === option.long),
  );

function given(...texts: readonly string[]): GivenOption[] {
  return texts.map((text) => {
    const [flag = '', value = null] = text.split(' ');
    return { flag, value };
  });
}

function formatFor(flag: string): string {
  return flag === '--asff-account' ? 'asff' : flag === '--incidents' ? 'html' : 'table';
}

test.each(OPTIONS.map(({ option, modes }) => [option.long ?? '', option.required, modes] as const))(
  '%s is refused wherever it would be ignored, and nowhere else',
  (flag, takesValue, modes) => {
    const text = takesValue ? `${flag} y` : flag;
    for (const mode of MODES) {
      const asked = ASKED_BY[mode];
      const by = asked[0]?.endsWith(' x') === true ? asked[0] : HUNT_MODES[mode];
      const fault = `${text} cannot be used with ${by}: it is for ${modesText(modes)}`;
      expect(optionFaults(given(...asked, text), formatFor(flag))).toEqual(modes.includes(mode) ? [] : [fault]);
    }
  },
);

test.each([
  ['--memory 3', '--watch autumn', '--memory 3 cannot be used with --watch autumn: it is for --local'],
  [
    '--hunt-bucket work',
    '--local logs',
    '--hunt-bucket work cannot be used with --local logs: it is for a new hunt in AWS, --watch, --redrive, --status or --stop',
  ],
  ['--stop b', '--status a', '--stop b cannot be used with --status a: give one of them'],
  ['--watch b', '--status a', '--status a cannot be used with --watch b: give one of them'],
  [
    '--estimate',
    '--status a',
    '--estimate cannot be used with --status a: it is for --local --estimate or --estimate in AWS',
  ],
  ['--watch a', '--local logs', '--watch a cannot be used with --local logs: give one of them'],
  [
    '--config x',
    '--estimate',
    '--config x cannot be used with --estimate in AWS: it is for --local or a new hunt in AWS',
  ],
  ['--work w', '--from 2026-09-01', '--work w cannot be used with a new hunt in AWS: it is for --local'],
  [
    '--account 111122223333',
    '--publish',
    '--account 111122223333 cannot be used with --publish: log files of other accounts may explain what would be published',
  ],
  [
    '--region eu-west-1',
    '--publish',
    '--region eu-west-1 cannot be used with --publish: log files of other Regions may explain what would be published',
  ],
  [
    '--config x',
    '--store-facts',
    '--config x cannot be used with --store-facts: such a hunt judges by the settings and address ranges of the deployment',
  ],
])('%s with %s is refused with its value, and what it is for', (one, other, fault) => {
  for (const order of [
    [one, other],
    [other, one],
  ])
    expect(optionFaults(given(...order), 'table')).toEqual([fault]);
});

test('options of one format are refused with another, except where the page is written in any case', () => {
  expect(optionFaults(given('--long'), 'csv')).toEqual([
    '--long has no effect with --format csv: it is for --format table',
  ]);
  expect(optionFaults(given('--watch a', '--asff-account 111122223333'), 'ocsf')).toEqual([
    '--asff-account 111122223333 has no effect with --format ocsf: it is for --format asff',
  ]);
  expect(optionFaults(given('--watch a', '--incidents 5'), 'table')).toEqual([
    '--incidents 5 has no effect with --format table: it is for --format html',
  ]);
  expect(optionFaults(given('--incidents 5'), 'table')).toEqual([]);
});

test('facts of single accounts may be stored, as a backfill does', () => {
  expect(optionFaults(given('--store-facts', '--account 111122223333'), 'table')).toEqual([]);
});

test('all faults are in one error', () => {
  expect(optionFaults(given('--status a', '--memory 3', '--publish'), 'table')).toHaveLength(2);
});

test('a key prefix that AWSLogs/ cannot follow is refused, as no log file would be found', () => {
  const [option] = OPTIONS.flatMap((one) => (one.option.long === '--trail-prefix' ? [one.option] : []));
  expect(() => option?.parseArg?.('logs', undefined)).toThrow('It must end in a slash: logs/.');
  expect(option?.parseArg?.('logs/', undefined)).toBe('logs/');
  expect(option?.parseArg?.('', 'before')).toBe('');
});
