import { isJsonObject, type JsonObject } from '../detection/model/json-field';
import { ORIGINALS } from './record-names';

/** Lake's rows are lists of objects with one column each; those of Logs Insights are lists of fields and values. */
export function isRow(value: readonly unknown[]): boolean {
  if (value.length < 3 || !value.every((one) => isJsonObject(one) && (isColumn(one) || isField(one)))) return false;
  return new Set(value.map((one) => nameOf(one))).size === value.length;
}

function nameOf(column: unknown): unknown {
  return isJsonObject(column) ? (column.field ?? Object.keys(column)[0]) : null;
}

function isColumn(value: JsonObject): boolean {
  const [only, ...others] = Object.values(value);
  return others.length === 0 && (typeof only === 'string' || only === null) && !ORIGINALS.some((name) => name in value);
}

function isField(value: JsonObject): boolean {
  return typeof value.field === 'string' && typeof value.value === 'string';
}

export function rowOf(columns: readonly unknown[]): JsonObject {
  const entries = columns
    .filter(isJsonObject)
    .flatMap((column): [string, unknown][] =>
      isField(column) ? [[String(column.field), column.value]] : Object.entries(column),
    );
  return Object.fromEntries(entries);
}

/** Where answers of queries keep the names of columns, and the rows. */
const COLUMN_KEYS = ['columns', 'fields', 'schema'];
const ROW_KEYS = ['rows', 'values'];

/** The rows of a table, `{columns: [{name}, …], rows: [[…], …]}`, as objects; null for any other object. */
export function rowsIn(value: JsonObject): readonly JsonObject[] | null {
  const columns = listUnder(value, COLUMN_KEYS);
  const rows = listUnder(value, ROW_KEYS);
  if (columns === null || rows === null) return null;
  const names = columns.map((column) => (isJsonObject(column) ? column.name : column));
  return rows.filter(isList).map((row) => rowOfCells(names, row));
}

function rowOfCells(names: readonly unknown[], row: readonly unknown[]): JsonObject {
  return Object.fromEntries(names.map((name, at) => [String(name), row[at]]));
}

function listUnder(value: JsonObject, keys: readonly string[]): readonly unknown[] | null {
  for (const key of keys) {
    const list = value[key];
    if (isList(list)) return list;
  }
  return null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
