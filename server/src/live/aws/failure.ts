/** What an AWS error means: denied, no credentials, throttled, unreachable, or an answer such as "not found". */
import type { Unknown } from '../../core/drift/observation.ts';
import { OutOfTime } from '../limits.ts';
import { OPERATIONS, serviceOf, type Operation } from './operations.ts';

/** A call that did not give an answer, with what it means and what it was called. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly unknown: Unknown;
  /** The service's own code, `NoSuchBucket`, or the platform's, `ECONNREFUSED`. */
  readonly code: string;
  readonly status: number | undefined;
  /** `x-amz-bucket-region` of the answer. */
  readonly bucketRegion: string | undefined;

  constructor(unknown: Unknown, code: string, status: number | undefined, bucketRegion?: string) {
    super(unknown.detail);
    this.unknown = unknown;
    this.code = code;
    this.status = status;
    this.bucketRegion = bucketRegion;
  }
}

const DENIED =
  /^(AccessDenied|AccessDeniedException|AccessDeniedFault|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden|AllAccessDisabled|UnauthorizedAccess|KMSAccessDenied.*)$/i;
const CREDENTIALS =
  /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|InvalidToken|AuthFailure|MissingAuthenticationToken|CredentialsProviderError|TokenProviderError|ProviderError|InvalidIdentityToken|IDPCommunicationError|UnauthorizedException)$/;
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled|RequestThrottledException|ProvisionedThroughputExceededException|BandwidthLimitExceeded|LimitExceededException|SlowDown|PriorRequestNotComplete|EC2ThrottledException|TransactionInProgressException)$/;
const SKEW = /^(RequestTimeTooSkewed|RequestInTheFuture)$/;
const UNSUPPORTED =
  /^(NotImplemented|InvalidAction|UnknownOperationException|UnsupportedOperation|MethodNotAllowed|XNotImplemented)$/;
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ECONNABORTED|EPROTO|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*|HPE_.*)$/;

interface Facts {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly bucketRegion: string | undefined;
}

/** Reads an error of the SDK. Aborts that are no timeouts are thrown on as they are. */
export function failureOf(
  error: unknown,
  operation: Operation,
  context: { readonly login: string; readonly endpoint: string | undefined },
): CallFailure {
  if (error instanceof CallFailure) return error;
  const facts = factsOf(error);
  return new CallFailure(meaning(error, facts, operation, context), facts.code, facts.status, facts.bucketRegion);
}

function meaning(
  error: unknown,
  facts: Facts,
  operation: Operation,
  context: { readonly login: string; readonly endpoint: string | undefined },
): Unknown {
  const { code, status } = facts;
  const service = serviceOf(operation);
  const where = context.endpoint ?? service;
  if (error instanceof OutOfTime) return { reason: 'timeout', detail: error.message };
  if (CREDENTIALS.test(code))
    return { reason: 'no-credentials', detail: `${credentialsProblem(code, facts.message)}; ${context.login}` };
  if (SKEW.test(code))
    return {
      reason: 'no-credentials',
      detail: `AWS refused the signature because this machine's clock is off (${code}); set the clock`,
    };
  if (THROTTLED.test(code) || status === 429)
    return { reason: 'throttled', detail: `${service} asked to slow down (${code}); try again later` };
  if (
    UNSUPPORTED.test(code) ||
    status === 501 ||
    status === 405 ||
    (status === 404 && /^(unknown|UnknownError|Error|TypeError|SyntaxError)$/i.test(code))
  )
    return { reason: 'unsupported', detail: `${where} doesn't know ${operation}` };
  if (DENIED.test(code) || status === 403 || status === 401) {
    const permission = OPERATIONS[operation];
    return { reason: 'denied', detail: `the credentials may not ${permission}`, permission };
  }
  if (/timeout/i.test(code) || code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT')
    return { reason: 'timeout', detail: `${where} did not answer ${operation} in time` };
  if (NETWORK.test(code)) return { reason: 'unreachable', detail: `${where} can't be reached (${code})` };
  if (status !== undefined && status >= 500)
    return { reason: 'unreachable', detail: `${where} answered ${operation} with ${String(status)} (${code})` };
  if (status !== undefined && status >= 300)
    return { reason: 'unreachable', detail: `${where} answered ${operation} with ${String(status)} (${code})` };
  return { reason: 'unreachable', detail: `${where} gave no whole answer to ${operation} (${code})` };
}

/** What is wrong with the credentials, as far as the SDK's words or the service's code tell. */
function credentialsProblem(code: string, message: string): string {
  if (/refresh this SSO session|SSO session .*(?:expired|invalid)/i.test(message))
    return 'the SSO session has expired, or nobody has logged in';
  const profile = /using profile: \[([\w.@-]+)\]/.exec(message)?.[1];
  if (profile !== undefined) return `the AWS configuration has no profile ${profile} with credentials`;
  if (/from any providers/.test(message)) return 'this machine has no AWS credentials';
  if (/^(?:Expired|RequestExpired)/.test(code)) return `the credentials have expired (${code})`;
  return `AWS took no credentials (${code})`;
}

function factsOf(error: unknown): Facts {
  const read = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const inner = read(error, 'cause');
  const aggregated = read(error, 'errors');
  const first: unknown = Array.isArray(aggregated) ? aggregated[0] : undefined;
  const status = read(read(error, '$metadata'), 'httpStatusCode') ?? read(read(error, '$response'), 'statusCode');
  const headers = read(read(error, '$response'), 'headers');
  const name = text(read(error, 'name'));
  const system = [error, inner, first].map((each) => text(read(each, 'code'))).find((code) => code !== undefined);
  const generic =
    name === undefined ||
    name === 'Error' ||
    name === 'AggregateError' ||
    name === 'Unknown' ||
    // The SDK calls a connection that was cut a timeout as well.
    name === 'TimeoutError' ||
    name === 'UnknownError';
  return {
    code: (generic ? (system ?? text(read(error, 'Code')) ?? name) : name) ?? 'unknown',
    message: text(read(error, 'message')) ?? '',
    status: typeof status === 'number' ? status : undefined,
    bucketRegion: text(read(headers, 'x-amz-bucket-region')),
  };
}
