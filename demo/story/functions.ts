import { IRELAND, SHOP } from './cast';
import type { Chapter } from './chapter';
import type { SessionKey } from '../../trail-writer/identities';

/** Lambda hands a function of the shop a key, which serves for half a day, wherever the function runs. */
export function issueToFunction(chapter: Chapter, name: string, at: string): SessionKey {
  const inScopeOf = {
    issuerType: 'AWS::Lambda::Function',
    credentialsIssuedTo: `arn:aws:lambda:${IRELAND}:${SHOP}:function:${name}`,
  };
  const session = { account: SHOP, region: IRELAND, role: `service-role/${name}-function`, name };
  return chapter.issueBy({ service: 'lambda', hours: 12, shown: { inScopeOf } }, session, at);
}
