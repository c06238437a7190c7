import { HUNT_MODES, huntOptions, modesText, type HuntMode } from './hunt-options';

/** An option as it was given. */
export interface GivenOption {
  /** `--watch` */
  readonly flag: string;
  /** Null where it takes none. */
  readonly value: string | null;
}

/** Options that show in one format alone, whatever the mode but those named. */
const OF_FORMAT: Readonly<Record<string, { readonly format: string; readonly except?: HuntMode }>> = {
  '--long': { format: 'table' },
  '--asff-account': { format: 'asff' },
  // A hunt in AWS writes its page in any case.
  '--incidents': { format: 'html', except: 'start' },
};

const DEPLOYED = 'such a hunt judges by the settings and address ranges of the deployment';
/** Options that contradict another, and why. */
const CONTRADICTIONS: readonly (readonly [option: string, to: string, why: string])[] = [
  ['--config', '--publish', DEPLOYED],
  ['--config', '--store-facts', DEPLOYED],
  ['--ip-ranges', '--publish', DEPLOYED],
  ['--ip-ranges', '--store-facts', DEPLOYED],
  ['--account', '--publish', 'log files of other accounts may explain what would be published'],
  ['--region', '--publish', 'log files of other Regions may explain what would be published'],
];

/** Options that would be ignored, or contradict others: each with its value, and what it is for. `format`: of the findings. */
export function optionFaults(given: readonly GivenOption[], format: string): string[] {
  const { mode, by } = modeOf(given);
  const modesOf = new Map(huntOptions().flatMap(({ modes, options }) => options.map(({ long }) => [long, modes])));
  return given.flatMap((option) => {
    const modes = modesOf.get(option.flag) ?? [];
    if (!modes.includes(mode)) {
      const what = by ? textOf(by) : HUNT_MODES[mode];
      const allowed = modesText(modes);
      const remedy = allowed === option.flag ? 'give one of them' : `it is for ${allowed}`;
      return [`${textOf(option)} cannot be used with ${what}: ${remedy}`];
    }
    const shown = OF_FORMAT[option.flag];
    if (shown && shown.format !== format && shown.except !== mode)
      return [`${textOf(option)} has no effect with --format ${format}: it is for --format ${shown.format}`];
    return CONTRADICTIONS.filter(([one, to]) => one === option.flag && given.some(({ flag }) => flag === to)).map(
      ([, to, why]) => `${textOf(option)} cannot be used with ${to}: ${why}`,
    );
  });
}

const NAMING = ['local', 'watch', 'redrive', 'status', 'stop'] as const;

/** What is to be done, and the option that asks for it; null for a new hunt. */
function modeOf(given: readonly GivenOption[]): { readonly mode: HuntMode; readonly by: GivenOption | null } {
  const find = (flag: string): GivenOption | null => given.find((one) => one.flag === flag) ?? null;
  const estimate = find('--estimate');
  for (const mode of NAMING) {
    const by = find(`--${mode}`);
    if (by) return { mode: mode === 'local' && estimate ? 'localEstimate' : mode, by };
  }
  return { mode: estimate ? 'estimate' : 'start', by: null };
}

function textOf({ flag, value }: GivenOption): string {
  return value === null ? flag : `${flag} ${value}`;
}
