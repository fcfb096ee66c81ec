/** How long S3's archive classes take until an object can be read. */

const HOUR = 3_600_000;

/** The longest that a standard retrieval takes, milliseconds. Source: S3 User Guide, "Archive retrieval options". */
export const RETRIEVAL_MS: Readonly<Record<string, number>> = { GLACIER: 5 * HOUR, DEEP_ARCHIVE: 12 * HOUR };
