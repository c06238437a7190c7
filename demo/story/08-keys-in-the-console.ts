import { AGENTS, describeInstances, listBuckets, over, ssmPing } from '../../trail-writer/calls';
import { ADDRESSES, instance, IRELAND, SHOP, VIRGINIA } from './cast';
import { Chapter, every } from './chapter';
import { instanceIdentity, issuedBy, roleIdentity } from '../../trail-writer/identities';

/** The attacker exchanges the website's keys for a console session, which no workload does. */
export function keysInTheConsole(): Chapter {
  const chapter = new Chapter('08-keys-in-the-console');
  const website = instance('website', 'website', '10.10.1.66');
  const { v2 } = chapter.issue(website, '15:31:12');
  for (const time of every(50, '15:32:40', '18:30'))
    chapter.call(v2, time, over(ADDRESSES.newShopNat, AGENTS.ssm), ssmPing(website));

  const browser = over('192.0.2.77', AGENTS.browser);
  const signin = { service: 'signin', readOnly: false, request: null };
  chapter.add('17:20:05', SHOP, VIRGINIA, {
    identity: instanceIdentity(v2),
    from: browser,
    action: { ...signin, name: 'GetSigninToken', response: () => ({ GetSigninToken: 'Success' }) },
  });
  const session = roleIdentity(SHOP, website.role, website.id, {
    sessionContext: issuedBy(SHOP, website.role, v2.issued),
  });
  chapter.add('17:20:11', SHOP, VIRGINIA, {
    identity: session,
    from: browser,
    action: { ...signin, name: 'ConsoleLogin', response: () => ({ ConsoleLogin: 'Success' }) },
  });
  const identity = { ...session, accessKeyId: 'ASIACONSOLESESSION01' };
  for (const [at, action] of [listBuckets(), describeInstances()].entries())
    chapter.add(`17:2${1 + at}:40`, SHOP, IRELAND, { identity, from: { ...browser, fromConsole: true }, action });
  return chapter;
}
