import { AGENTS, callerIdentity, getSecret, over, ssmPing } from '../../trail-writer/calls';
import { instance, SHOP } from './cast';
import { Chapter, every } from './chapter';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';

/** In both cases the attacker is as quick as the workload itself. */
export function whoWasFirst(): Chapter {
  const chapter = new Chapter('10-who-was-first');
  attackerFirst(chapter);
  nobodyKnows(chapter);
  return chapter;
}

/** He calls before the machine does, but the machine has an Elastic IP address, which is the better claim. */
function attackerFirst(chapter: Chapter): void {
  const server = instance('invoices', 'invoices', '10.10.1.68');
  chapter.operate(SHOP, '19:00', allocateAddress('198.51.100.47'));
  chapter.operate(SHOP, '19:00:30', associateAddress('198.51.100.47', server));
  const { v2 } = chapter.issue(server, '19:01:12');
  chapter.call(v2, '19:03:05', over('198.51.100.98', AGENTS.go), getSecret('invoices/signing-key'));
  for (const time of every(25, '19:05:40', '20:30'))
    chapter.call(v2, time, over('198.51.100.47', AGENTS.ssm), ssmPing(server));
}

/** Two AWS addresses, and no record says which of them is the machine's: contested. */
function nobodyKnows(chapter: Chapter): void {
  const server = instance('sandbox', 'sandbox', '10.10.1.69');
  const { v2 } = chapter.issue(server, '19:20:12');
  chapter.call(v2, '19:22:40', over('198.51.100.48', AGENTS.boto), callerIdentity());
  chapter.call(v2, '19:51:10', over('198.51.100.99', AGENTS.boto), getSecret('sandbox/licence'));
  chapter.call(v2, '20:22:40', over('198.51.100.48', AGENTS.boto), getSecret('sandbox/licence'));
}
