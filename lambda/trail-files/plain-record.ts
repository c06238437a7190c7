import { isJsonObject, type JsonObject } from '../detection/model/json-field';

/** True for a record in CloudTrail's own form. */
export function isPlainRecord({ eventName, userIdentity, requestParameters, responseElements }: JsonObject): boolean {
  const hasTexts = typeof requestParameters === 'string' || typeof responseElements === 'string';
  return typeof eventName === 'string' && isJsonObject(userIdentity) && !hasTexts;
}
