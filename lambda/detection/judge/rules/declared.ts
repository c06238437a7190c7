import { declaredNetwork } from '../plausibility';
import { ruledOut, trusted, type Rule } from '../rule';

/** A network declared in the settings for this account and role. */
export const declared: Rule = {
  name: 'declared',
  apply({ origin, sighting, subject, peers }) {
    const claim = declaredNetwork(origin, sighting.role, subject, peers);
    if (claim) return trusted('declared', claim.why);
    const networks = peers.settings.trustedNetworks.length;
    return ruledOut(
      'declared-network',
      networks === 0
        ? 'no trustedNetworks are declared'
        : `none of the ${networks} declared trustedNetworks contains it for this account and role`,
    );
  },
};
