import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { CANARY_SESSION } from '../../detection/vocabulary';
import type { CanaryTarget } from '../../watching/canaries';

/** A session policy that allows nothing, so that the credentials are useless to an attacker. */
const NOTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});
/** The shortest session that STS allows (API reference of AssumeRole). */
const SECONDS = 900;

/**
 * Assumes roles as canaries, each at the STS endpoint of its Region, as calls to the global one are logged in us-east-1.
 * `clientIn` creates a client for a Region, once.
 */
export function assumeAsCanary(clientIn: (region: string) => STSClient): (target: CanaryTarget) => Promise<void> {
  const clients = new Map<string, STSClient>();
  return async ({ roleArn, region }) => {
    const client = clients.get(region) ?? clientIn(region);
    clients.set(region, client);
    await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: CANARY_SESSION,
        DurationSeconds: SECONDS,
        Policy: NOTHING,
      }),
    );
  };
}
