/** Where a request is looked up: in which accounts and regions, in order. */
import { accountId, accountNamed, awsOf, type AwsAccount, type AwsEnvironment } from '../../core/drift/environment.ts';
import type { LookupRequest, Unknown } from '../../core/drift/observation.ts';
import { parseArn } from '../../core/drift/kinds/aws/arn.ts';
import type { AwsReader } from './awsReader.ts';
import { homeRegion } from './session.ts';

/** One account and region. */
export interface Place {
  readonly account: AwsAccount;
  readonly region: string;
}

export type Places =
  | {
      /** Any of these may be where it is: all are asked. */
      readonly declared: readonly Place[];
      /** Where else it may have gone: asked only where it is absent. */
      readonly elsewhere: readonly Place[];
    }
  | { readonly unknown: Unknown };

export function placesOf(request: LookupRequest, reader: AwsReader, environment: unknown): Places {
  const aws = awsOf(environment);
  const arn = parseArn(request.id);
  // The ARN says where it is; a `region` or `account` beside it that says otherwise is judged against that.
  const named = (arn && arn.account !== '' ? arn.account : undefined) ?? request.account;
  const account = accountNamed(aws, named);
  if (named !== undefined && !account) {
    return { unknown: { reason: 'wrong-account', detail: unknownAccount(named, aws) } };
  }
  const region = (arn && arn.region !== '' ? arn.region : undefined) ?? request.region;
  const accounts = account ? [account] : aws.accounts;
  const regionsFor = (each: AwsAccount): readonly string[] =>
    reader.scope === 'account'
      ? [homeRegion(aws, each)]
      : region !== undefined
        ? [region]
        : (each.regions ?? aws.regions);
  if (accounts.every((each) => regionsFor(each).length === 0)) {
    return {
      unknown: { reason: 'undecided', detail: 'neither the resource nor the environment says in which region it is' },
    };
  }
  const declared = accounts.flatMap((each) => regionsFor(each).map((one) => ({ account: each, region: one })));
  const isDeclared = (place: Place): boolean =>
    declared.some((each) => each.account === place.account && each.region === place.region);
  const everywhere = aws.accounts.flatMap((each) => {
    const here =
      reader.scope === 'account' ? [homeRegion(aws, each)] : [...regionsFor(each), ...(each.regions ?? aws.regions)];
    return [...new Set(here)].map((one) => ({ account: each, region: one }));
  });
  // The same account first: a moved region is likelier than a moved account.
  const near = (place: Place): number => (accounts.includes(place.account) ? 0 : 1);
  return {
    declared,
    elsewhere: everywhere.filter((place) => !isDeclared(place)).sort((left, right) => near(left) - near(right)),
  };
}

function unknownAccount(name: string, aws: AwsEnvironment): string {
  const known = aws.accounts
    .map((account) => (account.id === undefined ? account.alias : `${account.alias} (${account.id})`))
    .join(', ');
  return `the environment has no account ${accountId(name) ?? name}; it has ${known}`;
}
