import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import type { TrailBucket } from '../../lambda/adapters/s3/log-file-listing';
import { trailLogFiles, type TrailPeriod } from '../../lambda/adapters/s3/trail-log-files';
import { planHunt, type HuntPlan, type PlanSizes } from '../../lambda/hunting/hunt-plan';
import { huntFault } from './hunt-permissions';
import { NO_STORE } from './no-store';

/** Lists the log files of a hunt as its stage `plan` does, and keeps nothing. Throws errors for the user. */
export async function planInAws(trail: TrailBucket, period: TrailPeriod, sizes: PlanSizes): Promise<HuntPlan> {
  const client = new S3Client(CLIENT_SETTINGS);
  const location = { stateMachine: '', bucket: trail.bucket };
  const faultOf = (doing: string, error: unknown): Error =>
    huntFault(doing, error, { action: 's3:ListBucket', location });
  try {
    return await planHunt(trailLogFiles(client, trail, period, faultOf), sizes, NO_STORE);
  } finally {
    client.destroy();
  }
}
