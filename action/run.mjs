// The GitHub Action's script: runs drillbook with annotations, SARIF, a job summary and one pull-request comment kept up to date.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The comment that is ours is found again by its first line: what check and drift write there, and one for dry runs. */
const MARKERS = { check: '<!-- drillbook -->', drift: '<!-- drillbook -->', 'dry-run': '<!-- drillbook dry-run -->' };
/** GitHub refuses a comment of more than 65,536 characters. */
const LONGEST = 60_000;
const COMMANDS = ['check', 'drift', 'dry-run'];

/** Runs a program without a shell, its output going straight through; resolves to its exit status. */
function run(program, argv) {
  return new Promise((done, failed) => {
    const child = spawn(program, argv, { stdio: 'inherit', env: withoutToken(process.env) });
    child.once('error', failed);
    child.once('exit', (status) => done(status ?? 2));
  });
}

/** As `run`, while the runner takes no line of the log for a command to it: backups and tools put words there. */
async function runUnheard(program, argv) {
  const word = randomUUID();
  writeSync(1, `::stop-commands::${word}\n`);
  try {
    return await run(program, argv);
  } finally {
    writeSync(1, `::${word}::\n`);
  }
}

/** The token is for the comment only: the program never sees it. */
function withoutToken(environment) {
  const { DRILLBOOK_TOKEN: _token, ...rest } = environment;
  return rest;
}

/** The command line to run, from the action's inputs. */
function commandLine(inputs, files) {
  if (!COMMANDS.includes(inputs.command)) {
    throw new Error(`The input 'command' is '${inputs.command}'; it can be ${COMMANDS.join(', ')}.`);
  }
  const argv = [inputs.command, ...inputs.arguments];
  argv.push('--format', inputs.command === 'dry-run' ? 'text' : 'github', '--format', `markdown=${files.markdown}`);
  if (inputs.command !== 'dry-run') {
    argv.push('--fail-on', inputs.failOn);
    if (inputs.sarif) argv.push('--format', `sarif=${inputs.sarif}`);
  }
  if (inputs.program) return [process.execPath, [resolve(inputs.program), ...argv]];
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  return [npx, ['--yes', '--package', `drillbook@${inputs.version}`, 'drillbook', ...argv]];
}

/** Writes the comment anew where there is one of ours on the pull request, else adds it. */
async function comment(token, marker, body) {
  const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH ?? '', 'utf8'));
  const number = event.pull_request?.number;
  if (!number) return;
  const root = `${process.env.GITHUB_API_URL}/repos/${process.env.GITHUB_REPOSITORY}/issues`;
  const call = async (method, url, content) => {
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(content && { body: JSON.stringify(content) }),
    });
    if (!answer.ok)
      throw new Error(
        `${method} ${new URL(url).pathname} answered ${answer.status}; the job needs 'pull-requests: write'.`,
      );
    return answer.json();
  };
  for (let page = 1; ; page++) {
    const comments = await call('GET', `${root}/${number}/comments?per_page=100&page=${page}`);
    const ours = comments.find((each) => each.body?.startsWith(marker));
    if (ours) return call('PATCH', `${root}/comments/${ours.id}`, { body });
    if (comments.length < 100) return call('POST', `${root}/${number}/comments`, { body });
  }
}

/** Of the report of a dry run the verdict stays in sight, the rest is folded. */
function folded(report) {
  const at = report.indexOf('\n## ');
  if (at < 0) return report;
  return `${report.slice(0, at)}\n<details><summary>The report</summary>\n${report.slice(at)}\n</details>\n`;
}

/** The page under its mark, no longer than a comment may be. */
function marked(command, text) {
  const marker = MARKERS[command];
  const whole =
    text === '' || text.startsWith(marker)
      ? text
      : `${marker}\n${text.split('\n---\n\n').map(folded).join('\n---\n\n')}`;
  return whole.length <= LONGEST
    ? whole
    : `${whole.slice(0, LONGEST)}\n\n*The rest is too long for a comment; see the job.*\n`;
}

async function main() {
  const from = process.env;
  const inputs = {
    command: from.DRILLBOOK_COMMAND || 'check',
    arguments: (from.DRILLBOOK_ARGUMENTS ?? '')
      .split('\n')
      .map((each) => each.trim())
      .filter(Boolean),
    failOn: from.DRILLBOOK_FAIL_ON || 'error',
    unchecked: from.DRILLBOOK_UNCHECKED || 'warn',
    sarif: from.DRILLBOOK_SARIF ?? '',
    version: from.DRILLBOOK_VERSION || 'latest',
    program: from.DRILLBOOK_PROGRAM ?? '',
  };
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-action-'));
  const files = { markdown: join(folder, 'comment.md') };
  try {
    // The annotations of the other commands are such lines themselves.
    const status = await (inputs.command === 'dry-run' ? runUnheard : run)(...commandLine(inputs, files));
    const text = marked(inputs.command, existsSync(files.markdown) ? readFileSync(files.markdown, 'utf8') : '');
    if (text && from.GITHUB_STEP_SUMMARY) appendFileSync(from.GITHUB_STEP_SUMMARY, text);
    if (from.GITHUB_OUTPUT) appendFileSync(from.GITHUB_OUTPUT, `status=${status}\n`);
    if (text && from.DRILLBOOK_COMMENT === 'true' && from.DRILLBOOK_TOKEN && from.GITHUB_EVENT_PATH) {
      // A comment that could not be written must not hide the findings: said, and the status stands.
      await comment(from.DRILLBOOK_TOKEN, MARKERS[inputs.command], text).catch((error) =>
        console.log(`::warning title=Drillbook::${error.message}`),
      );
    }
    // Findings annotate their own lines; a dry run has none.
    if (status === 1 && inputs.command === 'dry-run')
      console.log('::error title=Drillbook::A dry run failed; its report stands in the summary of the job.');
    if (status === 3 && inputs.unchecked === 'warn') {
      console.log(
        '::warning title=Drillbook::Not everything could be checked; what, and the permission to ask for, stands above.',
      );
      return 0;
    }
    return status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (status) => (process.exitCode = status),
  (error) => {
    console.log(`::error title=Drillbook::${error.message}`);
    process.exitCode = 2;
  },
);
