/** What a file without records looks like, and what to do. */
export interface Sight {
  readonly what: string;
  readonly remedy: string;
}

/** Recognised by a text, or by first bytes in hexadecimal. */
type Rule = Sight & ({ readonly matches: RegExp } | { readonly marks: readonly string[] });

const DOWNLOAD = 'download the log files themselves';
const UNPACK = 'unpack it first';

/** In this order; texts are those of the first bytes as Latin-1. */
const RULES: readonly Rule[] = [
  {
    what: 'the CSV of Event history',
    remedy: 'it has no session ARNs: download the events as JSON instead, or read the log files of a trail',
    matches: /^[^\n]*"?AWS access key"?[^\n]*/i,
  },
  {
    what: 'a Git LFS pointer',
    remedy: 'get the file itself with `git lfs pull`',
    matches: /^version https:\/\/git-lfs/,
  },
  {
    what: 'an HTML page, such as a sign-in page',
    remedy: `${DOWNLOAD} again, signed in`,
    matches: /^\s*<(?:!doctype html|html|head|!--)/i,
  },
  {
    what: 'an error message of S3',
    remedy: `check the permissions and ${DOWNLOAD} again`,
    matches: /^\s*(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>/,
  },
  { what: 'an XML file', remedy: 'export the records as JSON', matches: /^\s*<\?xml|^\s*<[A-Za-z][\w:-]*[\s>]/ },
  {
    what: 'ciphertext of AWS KMS',
    remedy: 'decrypt it with `aws kms decrypt`, or download it with the permission kms:Decrypt',
    marks: ['0102020078', '415149434148'],
  },
  {
    what: 'an encrypted file',
    remedy: 'decrypt it first',
    matches: /^(?:-----BEGIN PGP MESSAGE|Salted__|age-encryption)/,
  },
  { what: 'a 7-Zip archive', remedy: UNPACK, marks: ['377abcaf271c'] },
  { what: 'a RAR archive', remedy: UNPACK, marks: ['526172211a07'] },
  { what: 'an LZ4 file', remedy: UNPACK, marks: ['04224d18'] },
  { what: 'a Snappy file', remedy: UNPACK, marks: ['ff060000734e61507059'] },
  { what: 'an LZMA file', remedy: UNPACK, marks: ['5d0000'] },
  { what: 'a PDF', remedy: 'export the records as JSON', matches: /^%PDF-/ },
  { what: 'an Office document', remedy: 'save it as CSV or export the records as JSON', marks: ['d0cf11e0'] },
  { what: 'a picture', remedy: 'export the records as JSON', marks: ['89504e47', 'ffd8ff', '47494638'] },
  { what: 'an ORC file', remedy: 'export the records as JSON or Parquet', matches: /^ORC/ },
  { what: 'an Avro file', remedy: 'export the records as JSON or Parquet', marks: ['4f626a01'] },
  { what: 'a SQLite database', remedy: 'export the records as JSON', matches: /^SQLite format 3/ },
  { what: 'a Windows event log', remedy: 'it holds no CloudTrail records', marks: ['456c6646696c6500'] },
  {
    what: 'a packet capture',
    remedy: 'it holds no CloudTrail records',
    marks: ['d4c3b2a1', '0a0d0d0a'],
  },
  {
    what: 'VPC flow logs',
    remedy: 'credlock reads CloudTrail records only',
    matches: /^version account-id interface-id|^\d \d{12} eni-/,
  },
  {
    what: 'load balancer access logs',
    remedy: 'credlock reads CloudTrail records only',
    matches: /^(?:https?|h2|wss?|tls) \d{4}-\d\d-\d\dT\S+ \S+/,
  },
  {
    what: 'S3 access logs',
    remedy: 'credlock reads CloudTrail records only',
    matches: /^[0-9a-f]{64} \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/,
  },
  { what: 'a snapshot of AWS Config', remedy: 'give it to `credlock seed`', matches: /"configurationItems?"\s*:/ },
  {
    what: 'GuardDuty findings',
    remedy: 'credlock reads CloudTrail records only',
    matches: /"schemaVersion"\s*:\s*"2\.0"|"detectorId"\s*:/,
  },
  { what: 'Security Hub findings', remedy: 'credlock reads CloudTrail records only', matches: /"ProductArn"\s*:/ },
  {
    what: 'an audit log of Kubernetes',
    remedy: 'credlock reads CloudTrail records only',
    matches: /"apiVersion"\s*:\s*"audit\.k8s\.io/,
  },
  { what: "AWS's ip-ranges.json", remedy: 'give it as --ip-ranges', matches: /"ip_prefix"\s*:/ },
  {
    what: 'an error message',
    remedy: `${DOWNLOAD} again`,
    matches: /^\s*(?:\{\s*"(?:message|error|__type|errorMessage)"\s*:|An error occurred \()/i,
  },
  {
    what: 'JSON of another kind',
    remedy: 'give the log files of a trail, or an export that keeps whole records',
    matches: /^(?:\xef\xbb\xbf)?\s*[[{]\s*["{[\]}]/,
  },
  {
    what: 'a CSV file without records',
    remedy: 'export whole records, or the columns eventName, eventSource and userIdentity',
    matches: /^[^\n,]+(?:,[^\n,]*){3,}\r?\n/,
  },
];

/** What the first bytes show. */
export function sightOf(head: Buffer): Sight {
  const text = head.toString('latin1');
  const hex = head.toString('hex', 0, 16);
  const rule = RULES.find((one) =>
    'matches' in one ? one.matches.test(text) : one.marks.some((mark) => hex.startsWith(mark)),
  );
  if (rule) return rule;
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 27))
    ? { what: 'a binary or encrypted file', remedy: `decrypt or unpack it, or ${DOWNLOAD}` }
    : { what: 'text of another kind', remedy: 'give the log files of a trail, or an export that keeps whole records' };
}
