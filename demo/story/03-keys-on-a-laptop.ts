import {
  AGENTS,
  assumeRole,
  callerIdentity,
  denied,
  describeInstances,
  getObject,
  getSecret,
  iam,
  listBuckets,
  over,
  ssmPing,
} from '../../trail-writer/calls';
import { ADDRESSES, instance, IRELAND, SHOP, VIRGINIA } from './cast';
import { Chapter, every } from './chapter';
import { issuedBy, roleIdentity } from '../../trail-writer/identities';
import { associateAddress } from '../../trail-writer/network-changes';

const LAPTOP = over('192.0.2.66', AGENTS.kali);
const BUCKET = 'shop-receipts';

/**
 * The receipts server fetches whatever URL it is given. Somebody gives it that of IMDSv1, and uses the key which the
 * server itself never touched, from a laptop. Both keys are one session, and the session lives on one machine.
 */
export function keysOnALaptop(): Chapter {
  const chapter = new Chapter('03-keys-on-a-laptop');
  const server = instance('receipts', 'receipts', '10.10.1.60');
  const { v1, v2 } = chapter.issue(server, '13:01:12');
  for (const time of every(30, '13:02:40', '15:00'))
    chapter.call(v2, time, over(ADDRESSES.newShopNat, AGENTS.ssm), ssmPing(server));
  for (const time of every(45, '13:10:15', '15:00'))
    chapter.call(
      v2,
      time,
      over(ADDRESSES.newShopNat, AGENTS.java),
      getObject(SHOP, BUCKET, '2026/09/14/stylesheet.xsl'),
    );

  const session = `arn:aws:sts::${SHOP}:assumed-role/${server.role}/${server.id}`;
  chapter.call(v1, '13:41:03', LAPTOP, { ...callerIdentity(), region: VIRGINIA });
  chapter.call(v1, '13:41:40', LAPTOP, listBuckets());
  chapter.call(v1, '13:42:12', LAPTOP, denied(iam('ListUsers'), session));
  chapter.call(v1, '13:42:20', LAPTOP, denied(iam('ListAttachedRolePolicies', { roleName: server.role }), session));
  chapter.call(v1, '13:42:31', LAPTOP, denied(describeInstances(), session));
  chapter.call(v1, '13:42:58', LAPTOP, denied(getSecret('shop/storefront/database'), session));
  chapter.call(v1, '13:43:30', LAPTOP, denied(iam('CreateAccessKey', { userName: 'break-glass' }), session));
  // He would like his laptop's calls to look like an address change.
  chapter.call(v1, '13:44:02', LAPTOP, denied(associateAddress('198.51.100.31', server), session));
  for (const [at, time] of every(1, '13:46:05', '13:53').entries())
    chapter.call(v1, time, LAPTOP, getObject(SHOP, BUCKET, `2026/09/${14 - at}/receipts.parquet`));

  const chained = { id: 'ASIAARCHIVESESSION01', expires: '2026-09-14T14:55:00Z' };
  chapter.call(v1, '13:55:00', LAPTOP, assumeRole(SHOP, 'receipts-archive', 'botocore-session-1789394100', chained));
  const identity = roleIdentity(SHOP, 'receipts-archive', 'botocore-session-1789394100', {
    accessKeyId: chained.id,
    sessionContext: issuedBy(SHOP, 'receipts-archive', '2026-09-14T13:55:00Z'),
  });
  const action = getObject(SHOP, 'shop-receipts-archive', '2025/receipts.parquet');
  chapter.add('13:56:30', SHOP, IRELAND, { identity, from: LAPTOP, action });
  return chapter;
}
