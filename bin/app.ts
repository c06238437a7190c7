import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DEFAULT_SETTINGS, parseSettings } from '../lambda/detection/parse-settings';
import { acknowledge } from '../lib/acknowledgements';
import { readContext } from '../lib/stacks/context';
import { deploy } from '../lib/stacks/deployment';
import { messageOf } from './terminal/error-message';

function main(): void {
  // CDK's own validation reads deprecated properties, with a warning each time.
  process.env['JSII_DEPRECATED'] ??= 'quiet';
  const app = new App();
  const given: unknown = app.node.getAllContext();
  const context = readContext(isObject(given) ? given : {}, {
    names: Object.keys(DEFAULT_SETTINGS),
    faultsOf: (settings) => {
      const read = parseSettings(settings);
      return 'faults' in read ? [...read.faults] : [];
    },
  });
  for (const stack of deploy(app, context)) acknowledge(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

try {
  main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
