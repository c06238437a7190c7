/** The account of the deployment that is measured. */
export const HUB = '999988887777';

/** What S3 sends when an object of the hub is there. */
export function objectNotice(bucket: string, key: string): object {
  return {
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: HUB,
    detail: { bucket: { name: bucket }, object: { key } },
  };
}
