import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';
import { isFinal } from '../judging/hold';
import { accountsOf } from '../judging/mode';
import { answersAbout, type Answer, type Refusal } from '../store/answers';
import type { LockTable } from '../store/lock-table';

const REASONS: Readonly<Record<Refusal, string>> = {
  denied: 'access was denied',
  throttled: 'requests were throttled',
  'no-answer': 'there was no answer in time',
  'region-disabled': 'the account cannot be read in this Region',
  'too-many': 'too many questions were asked in this hour',
  failed: 'the request failed',
};

/** Accounts of a group that are looked up. */
const MOST_ACCOUNTS = 5;

/** The findings, each with the reasons why EC2 did not tell who has its address as further evidence. */
export async function withVerificationNotes(
  findings: readonly Finding[],
  table: LockTable,
  settings: Pick<Settings, 'organizationAccounts'>,
): Promise<Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      const { origin } = finding;
      const ip = origin?.ip ?? null;
      if (ip === null || isFinal(finding, settings)) return finding;
      const concerned = [...accountsOf(finding), origin?.account ?? null].filter((account) => account !== null);
      const accounts = [...new Set(concerned)].slice(0, MOST_ACCOUNTS);
      const answers = await Promise.all(accounts.map((account) => answersAbout(table, { account, ip })));
      const notes = answers.flat().flatMap(noteOf);
      return notes.length === 0 ? finding : { ...finding, evidence: [...finding.evidence, ...notes] };
    }),
  );
}

function noteOf({ account, region, ip, outcome }: Answer): string[] {
  if (outcome === 'found' || outcome === 'not-found') return [];
  return [`EC2 of account ${account} in ${region} did not tell who has ${ip}: ${REASONS[outcome]}.`];
}
