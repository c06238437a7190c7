import { actionOf, WATCHED_ACTIONS } from '../detection/tampering/watched-resources';
import {
  CHANGE_ACTIONS,
  CONSOLE_ACTIONS,
  GRANT_ACTIONS,
  ISSUING_ACTIONS,
  POD_IDENTITY_ACTION,
} from '../detection/vocabulary';
import { PROTECTED_EVENTS } from '../detection/guardrails/guardrail';
import { isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import { Needle } from './needle';
import { isPlainRecord } from './plain-record';

/** Event names that matter for any caller. */
const EVENT_NAMES: ReadonlySet<string> = new Set([
  ...CHANGE_ACTIONS,
  ...ISSUING_ACTIONS,
  ...CONSOLE_ACTIONS,
  ...Object.values(GRANT_ACTIONS).flat(),
  POD_IDENTITY_ACTION,
  // Guardrails would deny these to users as well.
  ...PROTECTED_EVENTS,
  // Tampering with the detector is reported for users as well.
  ...WATCHED_ACTIONS,
  'ModifyInstanceMetadataOptions',
  'ModifyInstanceMetadataDefaults',
]);

/**
 * - `matters`: facts may come of it.
 * - `irrelevant`: a record (it has an `eventName`) of which no fact can come.
 * - `nameless`: has no `eventName` key: another kind of JSON, or a wrapper whose records are texts.
 */
export type Relevance = 'matters' | 'irrelevant' | 'nameless';

/**
 * True if the record with this JSON text may state facts: it names a role session, an action that issues credentials, gives
 * or takes addresses or may harm the detector, a user who called, or the resource credentials were issued to; or it has
 * escapes that may hide one of these. Never false for a record that matters, in any order of fields and white space.
 */
export function mayMatter(text: string): boolean {
  return relevanceOf(text) === 'matters';
}

/** `mayMatter`, and whether the text has an `eventName` at all. */
export function relevanceOf(text: string): Relevance {
  return new RelevanceFinder(text).look(0, text.length);
}

/** True for values of `eventName` for which the record may state more than that the call was made, and for what is no name. */
export function isEventRead(eventName: unknown): boolean {
  return typeof eventName !== 'string' || isNamed(eventName);
}

function isNamed(eventName: string): boolean {
  return EVENT_NAMES.has(eventName) || (/\d$/.test(eventName) && EVENT_NAMES.has(actionOf(eventName)));
}

const BEGINS_WITH_USER =
  /^\s*\{\s*(?:"eventVersion"\s*:\s*"[\d.]*"\s*,\s*)?"userIdentity"\s*:\s*\{\s*"type"\s*:\s*"(?:IAMUser"|Root)/;

/** False for a record in CloudTrail's own form that names a user elsewhere than in its identity, such as in its request. */
function mayBeOfUser(text: string): boolean {
  if (BEGINS_WITH_USER.test(text)) return true;
  const record = plainRecordIn(text);
  if (!record) return true;
  const identity = JSON.stringify(record.userIdentity);
  return identity.includes('IAMUser"') || identity.includes('"Root');
}

/** False for a record in CloudTrail's own form with an action in its request, or a name that is no action's. */
function mayBeRead(text: string): boolean {
  const record = plainRecordIn(text);
  return !record || isEventRead(record.eventName);
}

function plainRecordIn(text: string): JsonObject | null {
  const record = parsedJson(text);
  return isJsonObject(record) && isPlainRecord(record) ? record : null;
}

const NAME = '"eventName"';
const NAME_VALUE = /\s*:\s*"([^"\\]*)"/y;

/** Looks at the records of one text, each once and in the order in which they stand in it: what was found ahead is kept. */
export class RelevanceFinder {
  readonly #text: string;
  readonly #session: Needle;
  readonly #name: Needle;

  constructor(text: string) {
    this.#text = text;
    this.#session = new Needle(text, ':assumed-role/', '-role/');
    this.#name = new Needle(text, NAME, 'Name"');
  }

  /** Of the object in [`from`, `to`); the next one asked for begins behind it. */
  look(from: number, to: number): Relevance {
    if (this.#session.firstFrom(from) < to) return 'matters';
    const object = this.#text.slice(from, to);
    if (object.includes('\\u00') || object.includes('\\/')) return 'matters';
    if ((object.includes('IAMUser') || object.includes('"Root')) && mayBeOfUser(object)) return 'matters';
    if (object.includes('ScopeO') && object.includes('inScopeOf') && object.includes('AWS::')) return 'matters';
    return this.#named(from, to);
  }

  #named(from: number, to: number): Relevance {
    // The search stays at the first name: what a cut object seems to hold is looked at again, as objects of their own.
    const first = this.#name.firstFrom(from);
    return first < to ? namedIn(this.#text.slice(from, to), first - from) : 'nameless';
  }
}

/** Of an object whose first name stands there. */
function namedIn(object: string, first: number): Relevance {
  for (let at = first; at >= 0; at = object.indexOf(NAME, at + 1)) {
    NAME_VALUE.lastIndex = at + NAME.length;
    const value = NAME_VALUE.exec(object)?.[1];
    // A value with an escape in it is looked at by the parser.
    if (value !== undefined && !isNamed(value)) continue;
    const isOnly = value !== undefined && first === object.lastIndexOf(NAME);
    return isOnly || mayBeRead(object) ? 'matters' : 'irrelevant';
  }
  return 'irrelevant';
}
