import { AGENTS, getSecret, ssmPing, through } from '../../trail-writer/calls';
import { endpoint, instance, SHOP, STRANGER } from './cast';
import { Chapter, every } from './chapter';

/**
 * The attacker gives a machine in another VPC the payments server's private address, and calls through that VPC’s
 * endpoint: the address is the same, the door is not.
 */
export function keysBehindAForeignEndpoint(): Chapter {
  const chapter = new Chapter('05-keys-behind-a-foreign-endpoint');
  const server = instance('payments', 'payments', '10.10.1.62');
  const { v2 } = chapter.issue(server, '14:01:12');
  for (const time of every(30, '14:02:40', '16:00'))
    chapter.call(v2, time, through(endpoint(SHOP, 'ssm'), server.privateIp, AGENTS.ssm), ssmPing(server));
  for (const time of every(40, '14:05:15', '16:00'))
    chapter.call(
      v2,
      time,
      through(endpoint(SHOP, 'secretsmanager'), server.privateIp, AGENTS.java),
      getSecret('payments/card-processor'),
    );

  const foreign = through(endpoint(STRANGER, 'secretsmanager'), server.privateIp, AGENTS.java);
  chapter.call(v2, '15:07:20', foreign, getSecret('payments/card-processor'));
  return chapter;
}
