/** Options that several commands share, said once. */
import { FORMAT_NAMES } from './format/names.ts';
import type { OptionSpec } from './command.ts';

/** Every command has these. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', help: 'Show this help' },
  { name: 'quiet', short: 'q', help: 'No progress and no notes on stderr' },
  { name: 'no-color', help: 'No colour, as with NO_COLOR' },
  { name: 'untrusted', help: 'No look-up, no process, no secret: for pull requests from forks' },
];

export const FORMAT: OptionSpec = {
  name: 'format',
  value: 'FORMAT[=FILE]',
  multiple: true,
  help: `One of ${FORMAT_NAMES.join(', ')}; repeatable, with =FILE into a file`,
};
const FAIL_ON: OptionSpec = {
  name: 'fail-on',
  value: 'SEVERITY',
  choices: ['error', 'warning', 'information'],
  help: 'The least severity that makes the status 1 (default: error)',
};
export const ENVIRONMENT: OptionSpec = {
  name: 'environment',
  value: 'NAME',
  help: 'The environment for runbooks that name none',
};
export const ALLOW_HOST: OptionSpec = {
  name: 'allow-host',
  value: 'HOST',
  multiple: true,
  help: 'A host that secrets may be sent to, besides loopback',
};
const SINCE: OptionSpec = {
  name: 'since',
  value: 'REVISION',
  help: 'Only findings on runbooks changed since, and on those that a change elsewhere broke',
};
const BASELINE: OptionSpec = {
  name: 'baseline',
  value: 'FILE',
  help: 'Accept the findings that this file lists, each until its end date',
};
const WRITE_BASELINE: OptionSpec = {
  name: 'write-baseline',
  value: 'FILE',
  help: 'Write the findings of this run as a baseline that ends in 90 days',
};

/** Of every command whose result is a list of findings. */
export const FINDING_OPTIONS: readonly OptionSpec[] = [
  FORMAT,
  FAIL_ON,
  ENVIRONMENT,
  ALLOW_HOST,
  SINCE,
  BASELINE,
  WRITE_BASELINE,
];
