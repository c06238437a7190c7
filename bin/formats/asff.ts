import { asffOf } from '../../lambda/adapters/security-hub/asff';
import { postureAsffOf } from '../../lambda/adapters/security-hub/posture-asff';
import { securityHubFindings } from '../../lambda/adapters/security-hub/security-hub-findings';
import { roleExposuresOf } from '../../lambda/detection/posture/role-exposure';
import type { OutputFormat, ReplayResult } from './output-format';

/**
 * One JSON array of ASFF findings, as `aws securityhub batch-import-findings --findings` reads it (100 at a time). The
 * importing account is `--asff-account`, or each workload's own; members of a `SameOrigin` group give way to it.
 */
export const ASFF: OutputFormat = {
  name: 'asff',
  extension: 'json',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: (result) => documentOf(findingsOf(result)) }),
  writePosture: (result) => documentOf(exposuresOf(result)),
};

/** For findings without a Region, by partition. */
const FALLBACK_REGIONS: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

function findingsOf({ findings, asffAccount, settings }: ReplayResult): object[] {
  return securityHubFindings(findings).map((finding) => {
    const home = finding.workload ?? finding.workloads?.[0];
    const partition = home?.partition ?? 'aws';
    return asffOf(finding, {
      account: asffAccount ?? home?.account ?? '',
      region: regionIn(partition, home?.region),
      partition,
      updatedAt: finding.lastSeen,
      runbookUrl: settings.runbookUrl,
    });
  });
}

function exposuresOf({ postures, seen, asffAccount, settings }: ReplayResult): object[] {
  const { postureQuietDays: quietDays, runbookUrl } = settings;
  const exposures = roleExposuresOf(postures(), { now: seen().span?.last ?? 0, quietDays });
  return exposures
    .filter(({ status }) => status === 'ACTIVE')
    .map((exposure) =>
      postureAsffOf(exposure, {
        account: asffAccount ?? exposure.account,
        region: regionIn(exposure.partition, exposure.instances[0]?.region),
        partition: exposure.partition,
        updatedAt: exposure.lastSeen,
        runbookUrl,
      }),
    );
}

function regionIn(partition: string, known: string | null | undefined): string {
  return known ?? FALLBACK_REGIONS[partition] ?? 'us-east-1';
}

function documentOf(asff: readonly object[]): string[] {
  return [`${JSON.stringify(asff, null, 2)}\n`];
}
