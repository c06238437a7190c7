import {
  AGENTS,
  callerIdentity,
  describeInstances,
  describeTable,
  listBuckets,
  over,
  ssmPing,
} from '../../trail-writer/calls';
import { instance, SHOP } from './cast';
import { Chapter, every } from './chapter';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';

/** The attacker works from another instance in the same Region: an AWS address of unknown owner. */
export function keysOnARentedServer(): Chapter {
  const chapter = new Chapter('04-keys-on-a-rented-server');
  const server = instance('orders-api', 'orders-api', '10.10.1.61');
  const own = '198.51.100.40';
  const rented = over('198.51.100.97', AGENTS.boto);
  chapter.operate(SHOP, '13:50', allocateAddress(own));
  chapter.operate(SHOP, '13:50:11', associateAddress(own, server));
  const { v2 } = chapter.issue(server, '13:52:12');
  for (const time of every(40, '13:53:40', '16:00')) chapter.call(v2, time, over(own, AGENTS.ssm), ssmPing(server));
  for (const time of every(40, '14:00:15', '16:00'))
    chapter.call(v2, time, over(own, AGENTS.java), describeTable('orders'));

  chapter.call(v2, '14:31:30', rented, callerIdentity());
  chapter.call(v2, '14:32:02', rented, describeInstances());
  chapter.call(v2, '14:32:44', rented, listBuckets());
  chapter.call(v2, '14:35:10', rented, describeTable('customers'));
  return chapter;
}
