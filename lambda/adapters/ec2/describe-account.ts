import {
  DescribeAddressesCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeVpcEndpoints,
} from '@aws-sdk/client-ec2';
import { CLIENT_SETTINGS } from '../client-settings';
import { pace } from '../pace';
import type { SessionKeys } from '../sts/limited-sessions';
import type { Listing } from '../../verifying/listed-resources';

/** A quarter of EC2's limit of 20 per second for an account and Region (EC2 API guide, request throttling). */
const PER_SECOND = 5;
const BURST = 10;
const PAGE = 1_000;

/** Lists an account's resources in a Region. Throws EC2's error if it denies access or keeps throttling. */
export async function describeAccount(region: string, credentials: SessionKeys | undefined): Promise<Listing> {
  const client = new EC2Client({ ...CLIENT_SETTINGS, region, ...(credentials && { credentials }) });
  const turn = pace({ perSecond: PER_SECOND, burst: BURST });
  const pages = async <Page>(answers: AsyncIterable<Page>, rowsOf: (page: Page) => readonly unknown[] | undefined) => {
    const rows: unknown[] = [];
    await turn();
    for await (const answer of answers) {
      rows.push(...(rowsOf(answer) ?? []));
      await turn();
    }
    return rows;
  };
  const paging = { client, pageSize: PAGE };
  try {
    return {
      interfaces: await pages(paginateDescribeNetworkInterfaces(paging, {}), (page) => page.NetworkInterfaces),
      // After the interfaces, so that an instance launched in between has none and is skipped.
      instances: await pages(paginateDescribeInstances(paging, {}), (page) =>
        page.Reservations?.flatMap(({ Instances: instances = [] }) => instances),
      ),
      addresses: (await client.send(new DescribeAddressesCommand({}))).Addresses ?? [],
      natGateways: await pages(paginateDescribeNatGateways(paging, {}), (page) => page.NatGateways),
      endpoints: await pages(paginateDescribeVpcEndpoints(paging, {}), (page) => page.VpcEndpoints),
    };
  } finally {
    client.destroy();
  }
}
