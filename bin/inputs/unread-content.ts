/** What a file without records looks like, and what to do. */
export interface Sight {
  readonly what: string;
  readonly remedy: string;
  /** It shows by its first bytes, whatever follows them. */
  readonly isBinary?: boolean;
}

/** Recognised by a text, or by first bytes in hexadecimal. */
type Rule = Sight & ({ readonly matches: RegExp } | { readonly marks: readonly string[] });

export const OFFICE_DOCUMENT: Sight = {
  what: 'an Office document',
  remedy: 'save it as CSV or export the records as JSON',
};

const DOWNLOAD = 'download the log files themselves';
const UNPACK = 'unpack it first';
const CLOUDTRAIL_ONLY = 'credlock reads CloudTrail records only';
const AS_JSON = 'export the records as JSON';

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
  { what: 'an XML file', remedy: AS_JSON, matches: /^\s*<\?xml|^\s*<[A-Za-z][\w:-]*[\s>]/ },
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
  { what: 'an encrypted file', remedy: 'decrypt it first', marks: ['8c0d04', '85010c', '85020c'] },
  { what: 'a 7-Zip archive', remedy: UNPACK, marks: ['377abcaf271c'] },
  { what: 'a RAR archive', remedy: UNPACK, marks: ['526172211a07'] },
  { what: 'an LZ4 file', remedy: UNPACK, marks: ['04224d18'] },
  { what: 'a Snappy file', remedy: UNPACK, marks: ['ff060000734e61507059'] },
  { what: 'an LZMA file', remedy: UNPACK, marks: ['5d0000'] },
  { what: 'a PDF', remedy: AS_JSON, matches: /^%PDF-/ },
  { ...OFFICE_DOCUMENT, marks: ['d0cf11e0'] },
  { what: 'a zip archive with a password', remedy: UNPACK, marks: ['504b0304'] },
  {
    what: 'the first part of a split zip archive',
    remedy: 'join its parts first, with `zip -s 0 FIRST.zip --out WHOLE.zip`',
    marks: ['504b0708'],
  },
  { what: 'a zip archive without files', remedy: `${DOWNLOAD} again`, marks: ['504b0506'] },
  { what: 'a program', remedy: CLOUDTRAIL_ONLY, marks: ['7f454c46', '4d5a90', 'cafebabe', 'cffaedfe'] },
  { what: 'a picture', remedy: AS_JSON, marks: ['89504e47', 'ffd8ff', '47494638'] },
  { what: 'an ORC file', remedy: 'export the records as JSON or Parquet', matches: /^ORC/ },
  { what: 'an Avro file', remedy: 'export the records as JSON or Parquet', marks: ['4f626a01'] },
  { what: 'a SQLite database', remedy: AS_JSON, matches: /^SQLite format 3/ },
  { what: 'a Windows event log', remedy: 'it holds no CloudTrail records', marks: ['456c6646696c6500'] },
  {
    what: 'a packet capture',
    remedy: 'it holds no CloudTrail records',
    marks: ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'],
  },
  {
    what: 'VPC flow logs',
    remedy: CLOUDTRAIL_ONLY,
    matches: /^version account-id interface-id|^\d \d{12} eni-|"message"\s*:\s*"\d \d{12} eni-/,
  },
  {
    what: 'load balancer access logs',
    remedy: CLOUDTRAIL_ONLY,
    matches: /^(?:(?:https?|h2|wss?|grpcs?|tls) (?:\d\.\d )?)?\d{4}-\d\d-\d\dT\S+ \S+ (?:\S+ )?[\da-f.:]+:\d+ /,
  },
  {
    what: 'CloudFront access logs',
    remedy: CLOUDTRAIL_ONLY,
    matches: /^#Version: [\d.]+\r?\n#Fields: date time/,
  },
  { what: 'AWS WAF logs', remedy: CLOUDTRAIL_ONLY, matches: /"webaclId"\s*:/ },
  { what: 'Route 53 Resolver query logs', remedy: CLOUDTRAIL_ONLY, matches: /"query_timestamp"\s*:/ },
  {
    what: 'notifications that log files were written',
    remedy: 'give the log files that they name',
    matches: /"s3ObjectKey"\s*:|"eventSource"\s*:\s*"aws:s3"/,
  },
  {
    what: 'events of Google Security Operations (UDM)',
    remedy: 'export the raw logs, since UDM leaves out whose credentials were used',
    matches: /"udm"\s*:|"productEventType"\s*:/,
  },
  {
    what: 'S3 access logs',
    remedy: CLOUDTRAIL_ONLY,
    matches: /^[0-9a-f]{64} \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/,
  },
  { what: 'a snapshot of AWS Config', remedy: 'give it to `credlock seed`', matches: /"configurationItems?"\s*:/ },
  {
    what: 'GuardDuty findings',
    remedy: CLOUDTRAIL_ONLY,
    matches: /"schemaVersion"\s*:\s*"2\.0"|"detectorId"\s*:/,
  },
  { what: 'Security Hub findings', remedy: CLOUDTRAIL_ONLY, matches: /"ProductArn"\s*:/ },
  {
    what: 'an audit log of Kubernetes',
    remedy: 'give the log itself to `credlock replay`, with "kubernetes" among the workloads in the settings',
    matches: /"apiVersion"\s*:\s*"audit\.k8s\.io/,
  },
  {
    what: 'alarms of Falco or Tetragon',
    remedy: 'give them to `credlock replay`, with "kubernetes" among the workloads in the settings',
    matches: /"output_fields\\?"\s*:|"process_(?:exec|exit|kprobe)\\?"\s*:/,
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
    matches: /^(?:\xef\xbb\xbf)?\s*(?:[[{]\s*["{[\]}]|(?:null|true|false|"[^"]*"|-?\d+)\s*$)/,
  },
  {
    what: 'an object printed by Python',
    remedy: 'write it with `json.dumps`',
    matches: /^\s*(?:b'|[[{]\s*['(])/,
  },
  {
    what: 'an e-mail',
    remedy: 'save what is attached to it',
    matches: /^(?:[A-Z][\w-]+: [^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n/,
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
  const binary = RULES.find((one) => 'marks' in one && one.marks.some((mark) => hex.startsWith(mark)));
  if (binary) return { ...binary, isBinary: true };
  const rule = RULES.find((one) => 'matches' in one && one.matches.test(text));
  if (rule) return rule;
  return isBinary(head)
    ? { what: 'a binary or encrypted file', remedy: `decrypt or unpack it, or ${DOWNLOAD}` }
    : { what: 'text of another kind', remedy: 'give the log files of a trail, or an export that keeps whole records' };
}

function isBinary(head: Buffer): boolean {
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 27));
}
