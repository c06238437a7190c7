import {
  DescribeAddressesCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeVpcEndpoints,
} from '@aws-sdk/client-ec2';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { pace } from '../../lambda/adapters/pace';
import type { Keys } from '../deployment/role-sessions';
import type { Listing } from './listed-resources';

/** Of 20 a second that EC2 allows an account in a Region for all its reading (EC2 API guide, request throttling). */
const PER_SECOND = 5;
const BURST = 10;
const PAGE = 1_000;

/** Reads what an account has in a Region. Throws what EC2 answers when it refuses or keeps throttling. */
export async function describeAccount(region: string, credentials: Keys | undefined): Promise<Listing> {
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
      // After the interfaces: an instance launched in between has none yet, and is left out.
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
