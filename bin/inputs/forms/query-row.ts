import { field, isJsonObject, type JsonObject } from '../../../lambda/detection/model/json-field';
import type { RecordForm } from '../../../lambda/trail-files/unwrap';
import { respelledRecord } from './respelled-record';

/** Reads the rows of `aws athena get-query-results`, `{Data: [{VarCharValue}, …]}`, of which the first has the columns' names. */
export function queryRowForm(): RecordForm {
  let names: readonly string[] = [];
  return ({ Data: cells }) => {
    if (!Array.isArray(cells) || !cells.every(isJsonObject)) return null;
    const values = cells.map((cell) => field(cell, 'VarCharValue'));
    const words = values.filter((value) => typeof value === 'string');
    if (words.includes('eventname') && words.length === values.length) {
      names = words;
      return null;
    }
    return values.length === names.length ? respelledRecord(rowOf(names, values)) : null;
  };
}

function rowOf(names: readonly string[], values: readonly unknown[]): JsonObject {
  return Object.fromEntries(names.map((name, at) => [name, values[at]]));
}
