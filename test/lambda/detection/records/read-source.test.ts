import { readSource } from '../../../../lambda/detection/records/read-source';

const at = (sourceIPAddress: unknown, invokedBy: string | null = null) =>
  readSource(sourceIPAddress, invokedBy, undefined, undefined);

const through = (endpointId: unknown, endpointAccount?: unknown) =>
  readSource('10.0.1.5', null, endpointId, endpointAccount);

describe('addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['10.0.1.5', '10.0.1.5'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
  ])('%s is the address %s', (written, ip) => {
    expect(at(written)).toEqual({ ip, service: null, attributed: false, endpointId: null, endpointAccount: null });
  });

  it('does not become attributed by an invokedBy beside it', () => {
    expect(at('192.0.2.7', 'cloudformation.amazonaws.com')).toMatchObject({ ip: '192.0.2.7', attributed: false });
  });

  it.each(['198.18.0.0', '198.19.255.255'])('%s is the AWS interconnect, which AWS vouches for', (written) => {
    expect(at(written)).toMatchObject({ ip: null, service: 'AWS interconnect', attributed: true });
  });

  it.each(['198.17.255.255', '198.20.0.0'])('%s is an address like others', (written) => {
    expect(at(written)).toMatchObject({ ip: written, service: null });
  });
});

describe('addresses that a log pipeline has rewritten', () => {
  it.each([
    ['198.51.100.77, 10.0.0.1', '198.51.100.77'],
    ['10.0.0.1,198.51.100.77', '198.51.100.77'],
    ['198.51.100.77, 198.51.100.77', '198.51.100.77'],
    ['198.51.100.77:443', '198.51.100.77'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    [' 198.51.100.77\t', '198.51.100.77'],
    ['"198.51.100.77"', '198.51.100.77'],
    ['198.51.100.77/32', '198.51.100.77'],
    ['/198.51.100.77', '198.51.100.77'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['198.51.100.77:51234, 10.0.0.1:80', '198.51.100.77'],
  ])('%j is the address %s', (written, ip) => {
    expect(at(written)).toMatchObject({ ip, service: null });
  });

  it.each([
    '198.51.100.77, 203.0.113.9',
    '10.0.0.1, 10.0.0.2',
    '198.51.100.77, unknown',
    '198.51.100.77 203.0.113.9',
    '198.51.100.0/24',
    '198.51.100.077, 10.0.0.1',
    `${'10.0.0.1, '.repeat(200)}198.51.100.77`,
    ', ',
  ])('%j is ambiguous, so it is none', (written) => {
    expect(at(written)).toBeNull();
  });
});

describe('services', () => {
  it.each([
    ['ec2.amazonaws.com', 'ec2.amazonaws.com'],
    ['workmail.eu-west-1.amazonaws.com', 'workmail.eu-west-1.amazonaws.com'],
    ['resource-explorer-2.amazonaws.com', 'resource-explorer-2.amazonaws.com'],
    ['RDS.amazonaws.COM', 'rds.amazonaws.com'],
    ['autoscaling.amazonaws.com.cn', 'autoscaling.amazonaws.com.cn'],
    ['ec2.amazonaws.eu', 'ec2.amazonaws.eu'],
    ['ec2.c2s.ic.gov', 'ec2.c2s.ic.gov'],
    ['ec2.sc2s.sgov.gov', 'ec2.sc2s.sgov.gov'],
    ['ec2.cloud.adc-e.uk', 'ec2.cloud.adc-e.uk'],
    ['ec2.csp.hci.ic.gov', 'ec2.csp.hci.ic.gov'],
    ['AWS Internal', 'AWS Internal'],
    ['AWS Internal/3', 'AWS Internal'],
    ['AWS Internal/#', 'AWS Internal'],
  ])('%s is the service %s', (written, service) => {
    expect(at(written)).toEqual({ ip: null, service, attributed: false, endpointId: null, endpointAccount: null });
  });

  it.each([
    ['ec2.amazonaws.com', 'ec2.amazonaws.com'],
    ['ec2.amazonaws.com', 'EC2.amazonaws.com'],
    ['AWS Internal', 'AWS Internal'],
    ['AWS Internal/3', 'AWS Internal'],
    ['AWS Internal', 'AWS Internal/7'],
  ])('%s invoked by %s is attributed', (written, invokedBy) => {
    expect(at(written, invokedBy)).toMatchObject({ attributed: true });
  });

  it.each([
    ['ec2.amazonaws.com', null],
    ['ec2.amazonaws.com', 'rds.amazonaws.com'],
    ['ec2.amazonaws.com', 'AWS Internal'],
    ['AWS Internal', 'ec2.amazonaws.com'],
    ['AWS Internal', 'somebody'],
  ])('%s invoked by %s is not attributed', (written, invokedBy) => {
    expect(at(written, invokedBy)).toMatchObject({ attributed: false });
  });
});

describe('neither', () => {
  it.each([
    ['', undefined, null, 7, true, {}, ['192.0.2.7']],
    ['amazonaws.com', '.amazonaws.com', 'evil-amazonaws.com', 'ec2.amazonaws.com.example.net', 'ec2.amazonawsxcom'],
    ['AWS Internally', 'My AWS Internal', 'ec2 amazonaws.com', 'x y.amazonaws.com'],
    ['203.0.113', '035.249.253.232', '203.0.113.7:port', 'localhost'],
  ])('is no source: %p, %p, …', (...values) => {
    expect(values.map((value) => at(value))).toEqual(values.map(() => null));
  });

  it('stays no source behind an endpoint', () => {
    expect(readSource('', null, 'vpce-0a1b2c3d', '111122223333')).toBeNull();
  });
});

describe('endpoints', () => {
  it('keeps id and owner of a VPC endpoint', () => {
    expect(through('vpce-0a1b2c3d4e5f67890', '111122223333')).toMatchObject({
      ip: '10.0.1.5',
      endpointId: 'vpce-0a1b2c3d4e5f67890',
      endpointAccount: '111122223333',
    });
  });

  it('keeps them beside services too', () => {
    expect(readSource('AWS Internal', null, 'vpce-1', '111122223333')).toMatchObject({ endpointId: 'vpce-1' });
    expect(readSource('198.18.0.1', null, 'vpce-1', '111122223333')).toMatchObject({ endpointAccount: '111122223333' });
  });

  it.each(['AWS Internal', 'ec2.amazonaws.com', 'vpce-', 'vpce-0a1b/2', 'my vpce-0a1b', '', null, 5])(
    'the endpoint id %p is none',
    (value) => {
      expect(through(value)).toMatchObject({ endpointId: null });
    },
  );

  it.each(['AWS Internal', 'ec2.amazonaws.com', '11112222333', '1111222233334', '', null, {}])(
    'the endpoint account %p is none',
    (value) => {
      expect(through('vpce-1', value)).toMatchObject({ endpointId: 'vpce-1', endpointAccount: null });
    },
  );

  it('gives an account written as a number its zeros back', () => {
    expect(through('vpce-1', 11122223333)).toMatchObject({ endpointAccount: '011122223333' });
  });
});
