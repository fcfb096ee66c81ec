/** What every client of AWS in a dry run is made with. */
import { requestHandler, type AwsAccess, type Credentials } from '../stores/aws.ts';

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: () => Promise<Credentials>;
  readonly maxAttempts: number;
  readonly requestHandler: never;
}

export async function clientSettings(access: AwsAccess): Promise<ClientSettings> {
  return {
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
    credentials: access.credentials,
    maxAttempts: 3,
    requestHandler: (await requestHandler()) as never,
  };
}
