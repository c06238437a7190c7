import type { Instance, Person } from '../../trail-writer/identities';
import { hexFor } from '../../trail-writer/ids';
import type { Endpoint } from '../../trail-writer/record';

/** The organisation: the shop, its data team, and the network account whose NAT gateway the data team leaves by. */
export const SHOP = '111122223333';
export const DATA = '444455556666';
export const NETWORK = '777788889999';
/** Nobody's in the organisation. */
export const STRANGER = '999988887777';

export const IRELAND = 'eu-west-1';
export const VIRGINIA = 'us-east-1';

/** Public addresses that several chapters know. */
export const ADDRESSES = {
  office: '192.0.2.10',
  home: '203.0.113.200',
  /** The shop's NAT gateway in the morning, its successor, and the successor's second address. */
  shopNat: '198.51.100.10',
  newShopNat: '198.51.100.11',
  secondShopNat: '198.51.100.12',
  /** NAT gateway of the network account. */
  hubNat: '198.51.100.60',
} as const;

/** An instance by a name of the story; `10.10.0.0/16` is the shop's VPC, `10.20.0.0/16` the data team's. */
export function instance(name: string, role: string, privateIp: string, where: Partial<Instance> = {}): Instance {
  const account = where.account ?? SHOP;
  const region = where.region ?? IRELAND;
  return {
    name,
    role,
    privateIp,
    account,
    region,
    id: `i-0${hexFor(`instance ${name}`, 16)}`,
    eniId: `eni-0${hexFor(`interface ${name}`, 16)}`,
    vpcId: vpcOf(account, region),
    subnetId: `subnet-0${hexFor(`subnet ${account} ${region}`, 16)}`,
    ...where,
  };
}

export function vpcOf(account: string, region: string): string {
  return `vpc-0${hexFor(`vpc ${account} ${region}`, 16)}`;
}

/** The VPC endpoint of an account for a service (`ssm`), in Ireland. */
export function endpoint(account: string, service: string): Endpoint {
  return { id: `vpce-0${hexFor(`endpoint ${account} ${service}`, 16)}`, account };
}

/** The shop's web servers, behind its NAT gateway. */
export const STOREFRONTS: readonly Instance[] = [1, 2, 3, 4, 5, 6].map((number) =>
  instance(`storefront-${number}`, 'storefront', `10.10.1.${10 + number}`),
);

export const ALICE: Person = {
  email: 'alice@example.com',
  account: SHOP,
  role: 'AWSReservedSSO_Developer_0a1b2c3d4e5f6071',
};
export const BOB: Person = {
  email: 'bob@example.com',
  account: DATA,
  role: 'AWSReservedSSO_DataEngineer_1122334455667788',
};
/** Looks after all three accounts. */
export const DANA: Person = {
  email: 'dana@example.com',
  account: SHOP,
  role: 'AWSReservedSSO_NetworkAdmin_5f1c2d3e4a5b6c7d',
};
