/** Amazon Resource Names: taken apart, compared, and told from bare names. */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything behind the account. */
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** The name at the end of an ARN (`role/path/name`, `table/name`, `alarm:name`), or the text itself. */
export function nameOf(text: string): string {
  const arn = parseArn(text);
  if (!arn) return text;
  if (arn.service === 's3') return arn.resource;
  // Their names may hold `/` and `:` themselves: `snapshot:rds:orders-2026-11-22`, `alarm:team/backup failed`.
  if (arn.service === 'rds' || arn.service === 'cloudwatch') return arn.resource.slice(arn.resource.indexOf(':') + 1);
  return /([^/:]+)$/.exec(arn.resource)?.[1] ?? arn.resource;
}

/** Are `left` and `right` (names, ids or ARNs) one thing, as far as the texts say? */
export function sameName(left: string, right: string): boolean {
  const [first, second] = [parseArn(left), parseArn(right)];
  if (first && second) {
    return (
      first.partition === second.partition &&
      first.service === second.service &&
      first.account === second.account &&
      first.region === second.region &&
      first.resource === second.resource
    );
  }
  return nameOf(left).toLowerCase() === nameOf(right).toLowerCase();
}

/** Is this the name of an alias: `alias/x` or its ARN? */
export function isKeyAlias(text: string): boolean {
  return /(^|:)alias\//.test(text);
}

/**
 * Are two names of a KMS key the same key? An alias against a key id can't be told from the texts: undefined.
 */
export function sameKey(expected: string, actual: string): boolean | undefined {
  if (actual === 'none' || expected === 'none') return false;
  if (isKeyAlias(expected) !== isKeyAlias(actual)) return undefined;
  const [first, second] = [parseArn(expected), parseArn(actual)];
  if (first && second)
    return (
      first.resource === second.resource &&
      first.account === second.account &&
      first.region === second.region &&
      first.partition === second.partition
    );
  const bare = (text: string): string => (parseArn(text)?.resource ?? text).replace(/^key\//, '').toLowerCase();
  return bare(expected) === bare(actual);
}
