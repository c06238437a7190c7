import { AGENTS, listBuckets, over, ssmPing } from '../../trail-writer/calls';
import { ADDRESSES, DATA, instance, SHOP } from './cast';
import { Chapter, every } from './chapter';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';

/** Keys of the data account's report builder turn up on a machine of the shop: perhaps an attacker, perhaps a colleague. */
export function keysInAnotherAccount(): Chapter {
  const chapter = new Chapter('07-keys-in-another-account');
  const reports = instance('report-builder', 'report-builder', '10.20.1.20', { account: DATA });
  const workbench = instance('workbench', 'workbench', '10.10.1.65');
  chapter.operate(SHOP, '15:00', allocateAddress('198.51.100.50'));
  chapter.operate(SHOP, '15:00:12', associateAddress('198.51.100.50', workbench));
  const bench = chapter.issue(workbench, '15:01:12').v2;
  const { v2 } = chapter.issue(reports, '15:02:12');
  for (const time of every(50, '15:03:40', '18:00')) {
    chapter.call(bench, time, over('198.51.100.50', AGENTS.ssm), ssmPing(workbench));
    chapter.call(v2, time, over(ADDRESSES.hubNat, AGENTS.ssm), ssmPing(reports));
  }

  chapter.call(v2, '16:47:31', over('198.51.100.50', AGENTS.cli), listBuckets());
  return chapter;
}
