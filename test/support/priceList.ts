/** Answers of AWS Pricing (GetProducts) in the shape that AWS documents, for a handful of products; filters match as the service's do. */

type Attributes = Readonly<Record<string, string>>;

const PUBLISHED = '2026-10-30T17:08:36Z';

function product(
  service: string,
  productFamily: string,
  attributes: Attributes,
  prices: readonly { readonly unit: string; readonly usd: string; readonly from?: string; readonly to?: string }[],
): { readonly attributes: Attributes; readonly text: string } {
  const sku = Buffer.from(attributes['usagetype'] ?? '')
    .toString('hex')
    .slice(0, 16)
    .toUpperCase();
  const dimensions = prices.map(({ unit, usd, from = '0', to = 'Inf' }, index) => [
    `${sku}.JRTCKXETXF.${index}`,
    {
      unit,
      endRange: to,
      beginRange: from,
      description: `$${usd} per ${unit}`,
      appliesTo: [],
      rateCode: `${sku}.JRTCKXETXF.${index}`,
      pricePerUnit: { USD: usd },
    },
  ]);
  return {
    attributes: { ...attributes, productFamily, ServiceCode: service },
    text: JSON.stringify({
      product: { productFamily, attributes: { ...attributes, servicecode: service }, sku },
      serviceCode: service,
      terms: {
        OnDemand: {
          [`${sku}.JRTCKXETXF`]: {
            priceDimensions: Object.fromEntries(dimensions) as unknown,
            sku,
            effectiveDate: '2026-10-01T00:00:00Z',
            offerTermCode: 'JRTCKXETXF',
            termAttributes: {},
          },
        },
      },
      version: '20261030170836',
      publicationDate: PUBLISHED,
    }),
  };
}

const IRELAND = { regionCode: 'eu-west-1', location: 'EU (Ireland)', locationType: 'AWS Region' };
const RDS = { ...IRELAND, deploymentOption: 'Single-AZ' };

const PRODUCTS = [
  product('AmazonS3', 'API Request', { ...IRELAND, group: 'S3-API-Tier2', usagetype: 'EU-Requests-Tier2' }, [
    { unit: 'Requests', usd: '0.0000004000' },
  ]),
  product('AmazonS3', 'API Request', { ...IRELAND, group: 'S3-API-Tier2', usagetype: 'EU-Requests-INT-Tier2' }, [
    { unit: 'Requests', usd: '0.0000099000' },
  ]),
  product(
    'AWSDataTransfer',
    'Data Transfer',
    {
      fromRegionCode: 'eu-west-1',
      fromLocation: 'EU (Ireland)',
      toLocation: 'External',
      transferType: 'AWS Outbound',
      usagetype: 'EU-DataTransfer-Out-Bytes',
    },
    [
      { unit: 'GB', usd: '0.0900000000', to: '10240' },
      { unit: 'GB', usd: '0.0850000000', from: '10240', to: '51200' },
      { unit: 'GB', usd: '0.0500000000', from: '153600' },
    ],
  ),
  product(
    'AmazonRDS',
    'Database Instance',
    { ...RDS, instanceType: 'db.t3.micro', databaseEngine: 'PostgreSQL', usagetype: 'EU-InstanceUsage:db.t3.micro' },
    [{ unit: 'Hrs', usd: '0.0200000000' }],
  ),
  product(
    'AmazonRDS',
    'Database Instance',
    { ...RDS, instanceType: 'db.t3.micro', databaseEngine: 'Oracle', usagetype: 'EU-InstanceUsage:db.t3.micro' },
    [{ unit: 'Hrs', usd: '0.0410000000' }],
  ),
  product(
    'AmazonRDS',
    'Database Storage',
    { ...RDS, databaseEngine: 'PostgreSQL', volumeType: 'General Purpose', usagetype: 'EU-RDS:GP2-Storage' },
    [{ unit: 'GB-Mo', usd: '0.1270000000' }],
  ),
  product(
    'AmazonRDS',
    'Database Storage',
    { ...RDS, databaseEngine: 'PostgreSQL', volumeType: 'Provisioned IOPS', usagetype: 'EU-RDS:PIOPS-Storage' },
    [{ unit: 'GB-Mo', usd: '0.1380000000' }],
  ),
  product(
    'AmazonS3',
    'Fee',
    { ...IRELAND, operation: 'DeepArchiveRestoreObject', usagetype: 'EU-Standard-Retrieval-Bytes' },
    [{ unit: 'GB', usd: '0.0200000000' }],
  ),
  product('AmazonGlacier', 'Storage', { ...IRELAND, operation: '', usagetype: 'EU-Standard-Retrieval-Bytes' }, [
    { unit: 'GB', usd: '0.0100000000' },
  ]),
];

/** What the service would answer to the JSON body of a request, a page of `pageSize` at a time. */
export function priceList(body: string, pageSize = 1): string {
  const asked = JSON.parse(body) as {
    ServiceCode: string;
    NextToken?: string;
    Filters?: { Type: string; Field: string; Value: string }[];
  };
  const filters = asked.Filters ?? [];
  const fitting = PRODUCTS.filter(
    ({ attributes }) =>
      attributes['ServiceCode'] === asked.ServiceCode &&
      filters.every(({ Type, Field, Value }) => Type === 'TERM_MATCH' && attributes[Field] === Value),
  );
  const from = Number(asked.NextToken ?? 0);
  const next = from + pageSize;
  return JSON.stringify({
    FormatVersion: 'aws_v1',
    PriceList: fitting.slice(from, next).map((each) => each.text),
    ...(next < fitting.length ? { NextToken: String(next) } : {}),
  });
}
