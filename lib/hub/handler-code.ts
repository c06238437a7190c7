import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** The bundle of a handler, made by the build and shipped with the package: consumers need no bundler. */
export function handlerCode(folder: string): Code {
  return Code.fromAsset(join(__dirname, '..', 'lambda', folder));
}
