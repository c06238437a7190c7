import { AGENTS, getParameter, getSecret, listBuckets, over, ssmPing } from '../../trail-writer/calls';
import { instance, SHOP } from './cast';
import { Chapter, every } from './chapter';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';

/** Somebody who is on the jump host has found the wiki's keys. Both machines are the shop's, so only the lock tells. */
export function keysOnTheNextMachine(): Chapter {
  const chapter = new Chapter('06-keys-on-the-next-machine');
  const jumpHost = instance('jump-host', 'jump-host', '10.10.1.63');
  const wiki = instance('wiki', 'wiki', '10.10.1.64');
  chapter.operate(SHOP, '14:10', allocateAddress('198.51.100.45'));
  chapter.operate(SHOP, '14:10:12', associateAddress('198.51.100.45', jumpHost));
  const host = chapter.issue(jumpHost, '14:11:12').v2;
  const { v2 } = chapter.issue(wiki, '14:12:12');
  for (const time of every(50, '14:13:40', '17:00')) {
    chapter.call(host, time, over('198.51.100.45', AGENTS.ssm), ssmPing(jumpHost));
    chapter.call(v2, time, over('198.51.100.46', AGENTS.ssm), ssmPing(wiki));
  }
  chapter.call(v2, '14:20:15', over('198.51.100.46', AGENTS.boto), getParameter('/wiki/search'));

  const elsewhere = over('198.51.100.45', AGENTS.oldCli);
  chapter.call(v2, '16:12:44', elsewhere, listBuckets());
  chapter.call(v2, '16:14:09', elsewhere, getSecret('wiki/database'));
  return chapter;
}
