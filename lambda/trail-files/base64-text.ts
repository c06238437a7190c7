import { gunzipSync } from 'node:zlib';

const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;
/** CloudWatch Logs and Kinesis send at most 1 MB compressed. */
const LONGEST = 8 * 1024 * 1024;

/** The text that is encoded in base64, gzipped or not, as in `awslogs.data` and Kinesis records; null for any other text. */
export function textInBase64(text: string): string | null {
  if (text.length > LONGEST || !BASE64.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  try {
    return gunzipSync(bytes, { maxOutputLength: 8 * LONGEST }).toString();
  } catch {
    return null;
  }
}
