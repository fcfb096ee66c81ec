/** What was found live, as the first documents need it. */
export interface ScaffoldLive {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Account id. */
  readonly account?: string;
  /** The account's alias, where the environment has several. */
  readonly alias?: string;
  /** Facts by the names that expectations have. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** ISO 8601, when they were looked up. */
  readonly at: string;
}
