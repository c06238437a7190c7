import { declaredNetwork } from '../plausibility';
import { ruledOut, trusted, type Rule } from '../rule';

/** Rule 4: a network the user declared for this account or role. */
export const declared: Rule = {
  name: 'declared',
  apply({ origin, sighting, who, around }) {
    const claim = declaredNetwork(origin, sighting.role, who, around);
    if (claim) return trusted('declared', claim.why);
    const networks = around.settings.trustedNetworks.length;
    return ruledOut(
      'declared-network',
      networks === 0
        ? 'no trustedNetworks are declared'
        : `none of the ${networks} declared trustedNetworks holds it for this account and role`,
    );
  },
};
