import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** A handler's bundle. The package ships it, so that consumers need no bundler. */
export function handlerCode(folder: string): Code {
  return Code.fromAsset(join(__dirname, '..', 'lambda', folder));
}
