/** Names of the formats of findings, for options and messages. */

export const FORMAT_NAMES = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];
