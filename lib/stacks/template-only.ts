import { BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';

/** A synthesizer for stacks without assets, which need no CDK bootstrapping. */
export function templateOnly(): IStackSynthesizer {
  const synthesizer: object = new BootstraplessSynthesizer();
  if (isSynthesizer(synthesizer)) return synthesizer;
  throw new Error('BootstraplessSynthesizer of aws-cdk-lib must implement IStackSynthesizer');
}

/** `exactOptionalPropertyTypes` rejects its optional properties of value undefined. */
function isSynthesizer(candidate: object): candidate is IStackSynthesizer {
  return 'synthesize' in candidate && 'addFileAsset' in candidate;
}
