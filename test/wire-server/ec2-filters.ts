import type { Filter } from '@aws-sdk/client-ec2';
import { WireError } from './wire-error';

/** What each filter of an operation looks at. */
export type FilterReads<Row> = Readonly<Record<string, (row: Row) => readonly (string | undefined)[]>>;

/** EC2 answers FilterLimitExceeded above this (gjbae1212/gossm#47). */
const VALUES = 200;

/** Whether a row passes all filters: any value of each, with `*` and `?` as wildcards. */
export function ec2Filter<Row>(filters: readonly Filter[], reads: FilterReads<Row>): (row: Row) => boolean {
  const values = filters.reduce((count, { Values: wanted = [] }) => count + wanted.length, 0);
  if (values > VALUES) {
    const message = `The maximum number of filter values specified on a single call is ${VALUES}`;
    throw new WireError('FilterLimitExceeded', message);
  }
  const tests = filters.map(({ Name: name = '', Values: wanted = [] }) => {
    const read = reads[name];
    if (!read) throw new WireError('InvalidParameterValue', `The filter '${name}' is invalid`);
    const patterns = wanted.map(wildcard);
    return (row: Row) =>
      read(row).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
  });
  return (row) => tests.every((test) => test(row));
}

function wildcard(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
