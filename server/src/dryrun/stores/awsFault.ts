/** What a failed call to AWS, or to what speaks like it, means for the run, in a sentence. */
import { StageFault } from '../../core/recovery/stageFault.ts';

/** As Node names them. */
const CERTIFICATE =
  /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID/u;

export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('Code' in error && typeof error.Code === 'string') return error.Code;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'Error' ? error.message : error.name;
}

function statusOf(error: unknown): number | undefined {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  return typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}

/** What a failed call means for the run: the backup's fault, or only that it could not be asked. */
export function awsFault(
  error: unknown,
  what: string,
  options: { credentials?: boolean; asRole?: string } = {},
): StageFault {
  if (error instanceof StageFault) return error;
  const name = nameOf(error);
  const status = statusOf(error);
  const text = error instanceof Error ? error.message : '';
  if (options.credentials === true || /CredentialsProviderError|CredentialsError/u.test(name)) {
    return new StageFault(
      'inconclusive',
      `There are no ${what.startsWith('credentials') ? what : `credentials to read ${what}`}: ${firstLine(text) || name}.`,
      { code: 'unchecked/no-credentials' },
    );
  }
  if (/NoSuchBucket/u.test(name))
    return new StageFault(
      'failed',
      `${capital(what)} does not exist: the bucket was renamed, deleted, or is in another account.`,
    );
  if (/NoSuchKey|NoSuchVersion|NotFound/u.test(name) || status === 404)
    return new StageFault('failed', `${capital(what)} is not there (404 ${name}).`);
  if (/PermanentRedirect|AuthorizationHeaderMalformed/u.test(name) || status === 301) {
    return new StageFault(
      'failed',
      `${capital(what)} is in another region than the runbook says (301 ${name}); correct the bucket's region.`,
    );
  }
  if (/Expired/u.test(name))
    return new StageFault('inconclusive', `The credentials for ${what} have expired; sign in again.`, {
      code: 'unchecked/no-credentials',
    });
  if (/InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|UnrecognizedClient|InvalidToken/u.test(name)) {
    return new StageFault('inconclusive', `The credentials for ${what} are not valid (${name}).`, {
      code: 'unchecked/no-credentials',
    });
  }
  if (/AccessDenied|Forbidden|Unauthorized/u.test(name) || status === 403) {
    return options.asRole === undefined
      ? new StageFault(
          'inconclusive',
          `Reading ${what} was denied (403): grant s3:ListBucket, s3:ListBucketVersions, s3:GetObject and s3:GetObjectVersion.`,
          { code: 'unchecked/denied' },
        )
      : new StageFault(
          'failed',
          `The restore role ${options.asRole} may not read ${what} (403 ${name}): with it this runbook can't restore.`,
        );
  }
  if (/Throttl|SlowDown|TooManyRequests/u.test(name) || status === 429)
    return new StageFault('inconclusive', `The service throttled the calls for ${what}; try again later.`, {
      code: 'unchecked/throttled',
    });
  const certificate = CERTIFICATE.exec(`${name} ${text}`)?.[0];
  if (certificate !== undefined)
    return new StageFault(
      'inconclusive',
      `The service that holds ${what} shows a certificate that can't be verified (${certificate})${/SELF_SIGNED|ISSUER|LEAF/u.test(certificate) ? ': where an authority of your own signed it, or nobody but itself, name the file of that certificate in NODE_EXTRA_CA_CERTS' : ': have it renewed, or name the service as the certificate does'}.`,
      { code: 'unchecked/unreachable' },
    );
  if (isSilence(error))
    return new StageFault('inconclusive', `No answer in time for ${what}.`, { code: 'unchecked/timeout' });
  if (/ECONNREFUSED|ENOTFOUND|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|EPROTO|EPIPE/u.test(`${name} ${text}`)) {
    return new StageFault(
      'inconclusive',
      `The service that holds ${what} can't be reached (${/E[A-Z]{4,}/u.exec(`${name} ${text}`)?.[0] ?? name}).`,
      { code: 'unchecked/unreachable' },
    );
  }
  return new StageFault(
    'inconclusive',
    `Reading ${what} failed${status === undefined ? '' : ` with status ${status}`}: ${name}${text && text !== name ? `, ${firstLine(text)}` : ''}.`,
    { code: 'unchecked/unreachable' },
  );
}

/** Whether a call ended because nothing came for too long. */
export function isSilence(error: unknown): boolean {
  const text = error instanceof Error ? error.message : '';
  return /Timeout|ETIMEDOUT/iu.test(nameOf(error)) || /timed? ?out|exceeded the configured \d+ ms/iu.test(text);
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/u, '');
}

/** An address stays as it is. */
function capital(text: string): string {
  return text.includes('://') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
