import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { CANARY_SESSION } from '../../detection/vocabulary';
import type { CanaryTarget } from '../../watching/canaries';

/** Even stolen on their way, the keys may do nothing: what a session may do is no more than its policy allows. */
const NOTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});
/** The shortest STS gives (API reference of AssumeRole); nobody uses the keys. */
const SECONDS = 900;

/**
 * Assumes roles as canaries, each at the endpoint of its Region: the global one is logged in us-east-1. `clientIn` makes a
 * client for a Region, once.
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
