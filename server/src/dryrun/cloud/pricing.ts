/** AWS Pricing, asked (GetProducts, read-only) for prices that the environment lacks; whatever can't be had is said, never guessed. */
import type { AccountAccess, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { AskedPrices, KnownPrice, WantedPrice } from '../../core/recovery/prices.ts';
import type { EnginePorts } from '../ports.ts';
import { isServiceHost, openAws } from '../stores/aws.ts';
import { awsFault } from '../stores/awsFault.ts';
import { clientSettings } from './client.ts';

const FROM = 'AWS Pricing';
/** An estimate is not worth more waiting. */
const WITHIN_MS = 8000;
/** Filters leave a handful of products; what goes on and on is not read to its end. */
const MOST_PAGES = 5;

/** What is asked of the price list: filters that the service knows, and what of its answers is meant. */
interface Query {
  readonly service: string;
  readonly filters: Readonly<Record<string, string>>;
  /** How the usage type ends, behind the region's own letters. */
  readonly usage?: string;
  readonly unit: string;
  /** Units that one of ours has. */
  readonly times?: number;
}

const ENGINES: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
};

/** Names of retrievals by storage class: service, usage type, and the operation that tells two of one name apart. */
const RETRIEVALS: Readonly<Record<string, readonly [service: string, usage: string, operation?: string][]>> = {
  GLACIER: [
    ['AmazonS3', 'Standard-Retrieval-Bytes', 'RestoreObject'],
    ['AmazonGlacier', 'Standard-Retrieval-Bytes'],
  ],
  DEEP_ARCHIVE: [
    ['AmazonS3', 'Standard-Retrieval-Bytes', 'DeepArchiveRestoreObject'],
    ['AmazonS3GlacierDeepArchive', 'Standard-Retrieval-Bytes'],
  ],
  GLACIER_IR: [['AmazonS3', 'Retrieval-GIR']],
  STANDARD_IA: [['AmazonS3', 'Retrieval-SIA']],
  ONEZONE_IA: [['AmazonS3', 'Retrieval-ZIA']],
};

/** Where a price may stand in the list, the likeliest place first; empty: AWS has no such price. */
function queriesFor({ key, instanceClass, engine }: WantedPrice, region: string): readonly Query[] {
  if (key === 's3:GetObject per 1000')
    return [
      {
        service: 'AmazonS3',
        filters: { regionCode: region, group: 'S3-API-Tier2' },
        usage: 'Requests-Tier2',
        unit: 'Requests',
        times: 1000,
      },
    ];
  if (key === 'egress per GiB')
    return [
      {
        service: 'AWSDataTransfer',
        filters: { fromRegionCode: region, transferType: 'AWS Outbound' },
        usage: 'DataTransfer-Out-Bytes',
        unit: 'GB',
      },
    ];
  const storageClass = /^retrieval (\S+) per GiB$/u.exec(key)?.[1];
  if (storageClass !== undefined)
    return (RETRIEVALS[storageClass] ?? []).map(([service, usage, operation]) => ({
      service,
      filters: { regionCode: region, ...(operation === undefined ? {} : { operation }) },
      usage,
      unit: 'GB',
    }));
  if (key === 'dynamodb:restore per GiB')
    return [{ service: 'AmazonDynamoDB', filters: { regionCode: region }, usage: 'RestoreDataSize-Bytes', unit: 'GB' }];
  const product = ENGINES[engine ?? ''];
  const of = {
    regionCode: region,
    deploymentOption: 'Single-AZ',
    ...(product === undefined ? {} : { databaseEngine: product }),
  };
  if (key === 'rds:storage per GiB month')
    return [{ service: 'AmazonRDS', filters: { ...of, productFamily: 'Database Storage' }, unit: 'GB-Mo' }];
  if (key.startsWith('rds:') && instanceClass !== undefined)
    return [
      {
        service: 'AmazonRDS',
        filters: { ...of, productFamily: 'Database Instance', instanceType: instanceClass },
        unit: 'Hrs',
      },
    ];
  return [];
}

/** Asks for these prices in the account's region with its own rights. Rejects only with the run's own reason on cancelling. */
export async function askPrices(
  ports: EnginePorts,
  run: RunContext,
  account: AccountAccess,
  wanted: readonly WantedPrice[],
): Promise<AskedPrices> {
  const found: Record<string, KnownPrice> = {};
  const unknown: Record<string, string> = {};
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(WITHIN_MS)]);
  try {
    const ask = await opened(ports, account, signal);
    await Promise.all(
      wanted.map(async (each) => {
        const price = await ask.price(each);
        if (price) found[each.key] = price;
        else unknown[each.key] = `${FROM} has none for ${ask.region}`;
      }),
    ).finally(ask.close);
  } catch (error) {
    run.signal.throwIfAborted();
    const why = signal.aborted ? `no answer within ${WITHIN_MS / 1000} s` : whyNot(error);
    for (const { key } of wanted) if (!found[key]) unknown[key] = `${FROM} could not be asked (${why})`;
  }
  return { found, unknown };
}

function whyNot(error: unknown): string {
  const fault = error instanceof StageFault ? error : awsFault(error, 'the price list');
  if (fault.code === 'unchecked/denied') return 'grant pricing:GetProducts to the account’s reader';
  return fault.message.replace(/\.$/u, '');
}

/** The price list is served in few regions; an endpoint of one's own serves it for all. */
async function opened(ports: EnginePorts, account: AccountAccess, signal: AbortSignal) {
  const { endpoint, ...rest } = account;
  const own = endpoint !== undefined && !isServiceHost(new URL(endpoint).hostname) ? { endpoint } : {};
  const access = await openAws(ports, { ...rest, ...own }, undefined, false, signal);
  const settings = await clientSettings(access);
  const { PricingClient, GetProductsCommand } = await import('@aws-sdk/client-pricing');
  const client = new PricingClient({
    ...settings,
    region: access.region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1',
    maxAttempts: 2,
  });
  const answers = async (query: Query): Promise<readonly Product[]> => {
    const products: Product[] = [];
    let from: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const answer = await client.send(
        new GetProductsCommand({
          ServiceCode: query.service,
          FormatVersion: 'aws_v1',
          Filters: Object.entries(query.filters).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value })),
          ...(from === undefined ? {} : { NextToken: from }),
        }),
        { abortSignal: signal },
      );
      const page = (answer.PriceList ?? []) as readonly { toString(): string }[];
      products.push(...page.map(productOf));
      from = answer.NextToken;
      if (from === undefined || from === '') break;
    }
    return products;
  };
  return {
    region: access.region,
    close: () => client.destroy(),
    price: async (wanted: WantedPrice): Promise<KnownPrice | undefined> => {
      for (const query of queriesFor(wanted, access.region)) {
        const price = dearest(query, await answers(query));
        if (price) return { ...price, key: wanted.key, from: FROM };
      }
      return undefined;
    },
  };
}

interface Product {
  readonly usage: string;
  readonly published?: string;
  readonly prices: readonly { readonly unit: string; readonly amount: number; readonly currency: string }[];
}

/** Of several that fit (licences, volume types, tiers) the dearest: an estimate is an upper bound. */
function dearest(query: Query, products: readonly Product[]): Omit<KnownPrice, 'key' | 'from'> | undefined {
  let best: Omit<KnownPrice, 'key' | 'from'> | undefined;
  for (const { usage, published, prices } of products) {
    if (query.usage !== undefined && usage !== query.usage && !usage.endsWith(`-${query.usage}`)) continue;
    for (const { unit, amount, currency } of prices) {
      const ours = Number((amount * (query.times ?? 1)).toPrecision(12));
      if (unit === query.unit && ours > (best?.amount ?? 0))
        best = { amount: ours, currency, ...(published === undefined ? {} : { asOf: published.slice(0, 10) }) };
    }
  }
  return best;
}

type Json = Readonly<Record<string, unknown>>;

/** A product of the price list as far as it can be read; what is of another form has no prices. */
function productOf(text: { toString(): string }): Product {
  // The SDK wraps JSON in strings of its own.
  const value = jsonOf(parsed(text.toString()));
  const terms = Object.values(jsonOf(jsonOf(value['terms'])['OnDemand']));
  const dimensions = terms.flatMap((term) => Object.values(jsonOf(jsonOf(term)['priceDimensions'])).map(jsonOf));
  const published = value['publicationDate'];
  const usage = jsonOf(jsonOf(value['product'])['attributes'])['usagetype'];
  return {
    usage: typeof usage === 'string' ? usage : '',
    ...(typeof published === 'string' ? { published } : {}),
    prices: dimensions.flatMap((dimension) =>
      Object.entries(jsonOf(dimension['pricePerUnit']))
        .map(([currency, amount]) => ({ unit: String(dimension['unit']), amount: Number(amount), currency }))
        .filter((price) => Number.isFinite(price.amount)),
    ),
  };
}

function jsonOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
