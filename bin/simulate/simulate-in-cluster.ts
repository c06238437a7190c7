import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { sampleId } from '../../lambda/confirming/simulated-findings';
import { AUDIT_LOG } from '../../lambda/detection/vocabulary';
import { awsFault } from '../deployment/aws-fault';
import type { Deployment } from '../deployment/deployment';
import { counted } from '../terminal/numbers';
import { sampleCluster } from './sample-cluster';
import { findFinding } from './sample-findings';
import { noFinding, report, seconds, Waiting } from './waiting';

/**
 * Puts lines of a cluster that does not exist into the bucket of audit records, behind CloudWatch Logs and Firehose, and waits
 * for their findings. Returns the exit code.
 */
export async function simulateInCluster(
  deployment: Deployment,
  securityHub: SecurityHubClient,
  timeout: number,
): Promise<number> {
  const bucket = deployment.find('auditBucket');
  if (!bucket) throw new Error('the detector reads no audit logs: deploy with -c kubernetes=true');
  const waiting = new Waiting(timeout);
  const { cluster, object, findingIds } = sampleCluster({ ...deployment, now: Date.now() });
  await put(bucket, `${AUDIT_LOG.samples}${cluster}`, object);
  const sent = Date.now();
  report(
    `Put simulated lines of cluster ${cluster} into bucket ${bucket}: a command in a system pod, and a new binary.`,
  );
  const ids = findingIds.map(sampleId);
  const found = async (id: string): Promise<boolean> => (await findFinding(securityHub, id)) !== null;
  const imported = await waiting.until(async () => (await Promise.all(ids.map(found))).every(Boolean));
  if (imported === null)
    return noFinding(
      waiting,
      'check rule credlock-kubernetes, the log and the dead-letter queue of observe-kubernetes, the quarantine queue, and those of publish',
    );
  process.stdout.write(
    [
      ...ids.map((id) => `Finding ${id} is in Security Hub.`),
      `${counted(ids.length, 'finding')} after ${seconds(imported - sent)}.`,
      'The delivery by CloudWatch Logs and Firehose, which takes a minute or two, comes on top. `credlock simulate --clean` archives the samples.\n',
    ].join('\n'),
  );
  return 0;
}

async function put(bucket: string, key: string, body: Buffer): Promise<void> {
  const s3 = new S3Client(CLIENT_SETTINGS);
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  } catch (error) {
    throw awsFault(`write s3://${bucket}/${key}`, error);
  } finally {
    s3.destroy();
  }
}
