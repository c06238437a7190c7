import type { AddressSample } from '../../lambda/detection/facts/address-sample';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Finding } from '../../lambda/detection/model/finding';
import { notify } from '../terminal/stderr';
import { anonymisedHint } from './anonymised';
import { CONFIG_FILE } from './run-inputs';

const DAY = 86_400_000;

/** AWS adds ranges every few days. */
const STALE_DAYS = 30;

/** What was read, and what it is judged by. */
export interface Hinted {
  readonly settings: Pick<Settings, 'organizationAccounts'>;
  readonly ipRanges: IpRanges | null;
  /** Whose records were read. */
  readonly accounts: ReadonlySet<string>;
  /** Of the records, in epoch milliseconds; 0 for none. */
  readonly newest: number;
  readonly addresses: AddressSample;
}

/** Hints at what makes findings mean less. */
export function hintAt({ settings, ipRanges, accounts, newest, addresses }: Hinted): void {
  if (ipRanges) warnIfStale(ipRanges, newest);
  hintAtOrganization(settings, accounts);
  const hint = anonymisedHint(addresses, ipRanges);
  if (hint !== null) notify(`${hint}\n`);
}

/** For an interactive user: what else can be printed. */
export function suggestNext({
  findings,
  long,
}: {
  readonly findings: readonly Finding[];
  readonly long: boolean;
}): void {
  if (findings.length === 0 || !process.stderr.isTTY || !process.stdout.isTTY) return;
  const evidence = long ? '' : '--long for the evidence of each, or ';
  notify(`Add ${evidence}--format html --out report.html for a report with timelines.\n`);
}

/** Newer AWS addresses are taken for addresses outside AWS. */
function warnIfStale({ createDate }: IpRanges, newest: number): void {
  const [year = 0, month = 0, day = 0] = createDate.split('-').map(Number);
  const age = Math.floor((newest - Date.UTC(year, month - 1, day)) / DAY);
  if (age <= STALE_DAYS) return;
  notify(
    `This ip-ranges.json is ${age} days older than the newest record: AWS addresses added since count as outside AWS. Run \`credlock ip-ranges\` to update it.\n`,
  );
}

/** Without the list, an account is known as one's own by its records alone. */
function hintAtOrganization({ organizationAccounts }: Hinted['settings'], accounts: ReadonlySet<string>): void {
  if (organizationAccounts.length > 0 || accounts.size < 2) return;
  notify(
    `Records of ${accounts.size} accounts, and organizationAccounts is not set: list your accounts in ./${CONFIG_FILE} (\`credlock init\` writes it), so that foreign ones are known as such.\n`,
  );
}
