import { Code } from 'aws-cdk-lib/aws-lambda';
/** The bundle of a handler, made by the build and shipped with the package: consumers need no bundler. */
export declare function handlerCode(folder: string): Code;
