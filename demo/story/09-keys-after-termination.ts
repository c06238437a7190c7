import { AGENTS, getSecret, over, ssmPing } from '../../trail-writer/calls';
import { ADDRESSES, instance, SHOP } from './cast';
import { Chapter, every } from './chapter';
import { terminate } from '../../trail-writer/network-changes';

/**
 * The batch worker is gone, its keys live until evening. They are used behind the same NAT gateway, so the address
 * says nothing: only the termination does.
 */
export function keysAfterTermination(): Chapter {
  const chapter = new Chapter('09-keys-after-termination');
  const worker = instance('batch-worker', 'batch-worker', '10.10.1.67');
  const { v2 } = chapter.issue(worker, '15:40:12');
  for (const time of every(25, '15:41:40', '17:00'))
    chapter.call(v2, time, over(ADDRESSES.newShopNat, AGENTS.ssm), ssmPing(worker));
  chapter.operate(SHOP, '17:05', terminate(worker));

  chapter.call(v2, '18:41:27', over(ADDRESSES.newShopNat, AGENTS.go), getSecret('shop/storefront/database'));
  return chapter;
}
