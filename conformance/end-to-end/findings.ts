import { join } from 'node:path';
import { GetFindingsCommand, SecurityHubClient, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import type { ClientConfig } from '../emulator';
import { execute, lastWords, type Workshop } from '../workshop';

/** What `credlock replay --format asff` has of the demo's trail for the importing account. */
export async function expectedFindings({ root }: Workshop, account: string): Promise<AwsSecurityFinding[]> {
  const demo = join(root, 'demo');
  const given = ['--config', join(demo, 'credlock.json'), '--ip-ranges', join(demo, 'ip-ranges.json')];
  const format = ['--format', 'asff', '--asff-account', account];
  const cli = [join(root, 'dist/bin/credlock.js'), 'replay', join(demo, 'trail'), ...given, ...format];
  const outcome = await execute(process.execPath, cli);
  if (outcome.status !== 0) throw new Error(`credlock replay fails:\n${lastWords(outcome)}`);
  return JSON.parse(outcome.stdout) as AwsSecurityFinding[];
}

/** Active findings in Security Hub. */
export async function importedFindings(config: ClientConfig): Promise<AwsSecurityFinding[]> {
  const client = new SecurityHubClient(config);
  const findings: AwsSecurityFinding[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetFindingsCommand({ MaxResults: 5, ...(NextToken && { NextToken }) }));
    findings.push(...(page.Findings ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  client.destroy();
  return findings.filter(({ RecordState }) => RecordState === 'ACTIVE');
}
