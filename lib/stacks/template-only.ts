import { BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';

/** For stacks without assets: nothing of the account's CDK bootstrapping is needed, whoever deploys the template. */
export function templateOnly(): IStackSynthesizer {
  const synthesizer: object = new BootstraplessSynthesizer();
  if (isSynthesizer(synthesizer)) return synthesizer;
  throw new Error('aws-cdk-lib has a BootstraplessSynthesizer that synthesises nothing');
}

/** What it need not have, it has as undefined: to `exactOptionalPropertyTypes` that is something else. */
function isSynthesizer(candidate: object): candidate is IStackSynthesizer {
  return 'synthesize' in candidate && 'addFileAsset' in candidate;
}
