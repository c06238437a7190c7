/** What is deployed of a handler, apart from what it is granted. */
interface HandlerSettings {
  /** Of `dist/lambda`, and the last part of its name. */
  readonly folder: string;
  readonly does: string;
  /** Most a call may take. */
  readonly seconds: number;
  /** Also decides its share of a processor: 1,769 MB is a whole one. */
  readonly megabytes: number;
}

/** The handlers: one entry each. */
export const HANDLERS = {
  observe: { folder: 'observe', does: 'stores what CloudTrail says, and judges', seconds: 150, megabytes: 1_769 },
  confirm: { folder: 'confirm', does: 'settles what was suspected', seconds: 120, megabytes: 1_024 },
  publish: { folder: 'publish', does: 'says findings', seconds: 120, megabytes: 512 },
  rejudge: { folder: 'rejudge', does: 'has open findings judged again', seconds: 900, megabytes: 1_024 },
  refreshIpRanges: { folder: 'refresh-ip-ranges', does: "keeps AWS's address ranges", seconds: 60, megabytes: 512 },
  posture: { folder: 'posture', does: 'tells who still gets keys by IMDSv1', seconds: 300, megabytes: 512 },
  watch: { folder: 'watch', does: 'watches the detector itself', seconds: 300, megabytes: 512 },
} as const satisfies Readonly<Record<string, HandlerSettings>>;

export type DeployedHandler = keyof typeof HANDLERS;
