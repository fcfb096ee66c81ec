/** A tool, an image or a sandbox whose version nobody chose: the restore of tomorrow is another than the one that was tested. */
import { textOf } from '../read.ts';
import { opinion, spanOf } from '../say.ts';
import { anyOf } from '../../anyOf.ts';
import { commandsOf } from './commands.ts';
import { shortened } from '../words.ts';

/** Each with what a text in lower case must hold one of for a closer look at the pattern. */
const UNPINNED: readonly (readonly [words: readonly string[], pattern: RegExp, mend: string])[] = [
  [[':latest'], /\b[\w./-]+:latest\b/u, 'the image by its version'],
  // The options of `docker run` are read once, without going back (a look-ahead and what it found): read anew in every other way,
  // they take exponential time, and a value is taken for the image. Those that take no value are named, since the image follows.
  [
    ['docker', 'podman'],
    /\b(?:docker|podman)\s+(?:run|pull)\s+(?=(?<options>(?:(?:-[itdqP]+(?=\s)|--(?:rm|init|privileged|read-only|detach|interactive|tty|quiet|publish-all|all-tags|no-healthcheck)(?=\s)|--?\w[\w-]*(?:=\S*|\s+(?!-)\S+)?)\s+)*))\k<options>(?<image>[a-z][\w.-]*(?::\d+(?=\/))?(?:\/[\w.-]+)*)(?=\s|$)(?![:@])/u,
    'the image by its version',
  ],
  [['pip'], /\bpip3?\s+install\s+(?:-[\w-]+\s+)*[a-zA-Z][\w-]*(?=[\s;&|)"']|$)(?!==)/u, 'the package with =='],
  [
    ['apt', 'yum', 'dnf', 'apk', 'brew'],
    /\b(?:apt|apt-get|yum|dnf|apk|brew)\s+(?:-[\w-]+\s+)*(?:install|add)\s+(?:-[\w-]+\s+)*[a-zA-Z][a-zA-Z-]*(?=[\s;&|)"']|$)/u,
    'the package with its version',
  ],
  [
    ['npx'],
    /(?=\bnpx\s)(?<!\bnpm\s+(?:ci|i|install)\b[^]{0,500})\bnpx\s+(?:-y\s+|--yes\s+)?[a-z][\w-]*(?=\s|$)(?!@)/u,
    'the package with @',
  ],
  [['curl', 'wget'], /\b(?:curl|wget)\b[^\n;|]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b/u, 'a release with its checksum'],
  [
    ['curl', 'wget'],
    /\b(?:ba|z|da)?sh\s+(?:-c\s+)?["']?[<$]\((?:curl|wget)\b[^\n;|)]*/u,
    'a release with its checksum',
  ],
  [['@latest'], /\bgo\s+install\s+\S+@latest\b/u, 'the version behind @'],
  [['/latest/'], /\bhttps?:\/\/[^\s"']+\/releases\/latest\/[^\s"']*/u, 'the release by its version, with its checksum'],
  [
    ['kubectl'],
    /\bkubectl\s[^\n;|]{0,999}\s--image[= ](?:[a-z][\w.-]*(?::\d+(?=\/))?)(?:\/[\w.-]+)*(?=\s|$)/u,
    'the image by its version',
  ],
  [['npm'], /\bnpm\s+(?:install|i)\s+(?:-g|--global)\s+[a-z][\w/-]*(?=[\s;&|)"']|$)/u, 'the package with @'],
  [['gem'], /\bgem\s+install\s+[a-z][\w-]*(?=\s*(?:$|[\n;&|]))/u, 'the package with -v'],
  [['cargo'], /\bcargo\s+install\s+(?!\S*@)[a-z][\w-]*(?=\s*(?:$|[\n;&|]))/u, 'the package with --version'],
  [
    ['helm'],
    /\bhelm\s+(?:install|upgrade)\b(?![^\n;|]{0,999}--version)(?:\s+--?\w[\w-]*)*\s+[a-z][\w-]*\s+(?:oci:\/\/\S+|[a-z][\w-]*\/[\w-]+)(?=\s|$)[^\n;|]*/u,
    'the chart with --version',
  ],
  // A branch moves on, and so does what stands at its end; a commit that is checked out afterwards does not.
  [
    ['git'],
    /\bgit\s+clone\b(?![^\n;|&]{0,999}\s(?:--mirror|--bare|--revision[= ]|(?:-b|--branch)[= ]?\s*(?!["']?(?:main|master|trunk|develop|stable|latest|HEAD)["']?(?:\s|$))\S))(?=[^\n;|&]{0,999}\s["']?(?:(?:https?|ssh|git):\/\/|[\w.-]+@[\w.-]+:)(?!\S*\$))(?![^]{0,2000}\bgit\s+(?:-C\s+\S+\s+)?(?:checkout|switch|reset)\b)[^\n;|&]*/u,
    'a tag with --branch',
  ],
];

/** A cheap look first. */
const WORDS = anyOf(UNPINNED.flatMap(([words]) => words));

export const unpinnedVersion = opinion(
  { id: 'practice/unpinned-version', title: 'A tool or a sandbox has no version.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (!WORDS.test(command.low)) continue;
      for (const [words, pattern, mend] of UNPINNED) {
        if (!words.some((word) => command.low.includes(word))) continue;
        const found = pattern.exec(command.text)?.[0];
        if (found === undefined) continue;
        say(
          command.path,
          `${command.title} takes whatever version there is today (${shortened(found)}), so tomorrow's restore is not the tested one: name ${mend}.`,
          spanOf(view.entry, command.path, found),
        );
        break;
      }
    }
    for (const dryRun of view.dryRuns) {
      const engine = textOf(dryRun.sandbox?.['engine']);
      if (
        engine === undefined ||
        engine === 'files' ||
        engine === 'sqlite' ||
        dryRun.sandbox?.['version'] !== undefined
      )
        continue;
      say(
        [...dryRun.path, 'sandbox'],
        `Dry run ${dryRun.name} restores into whatever ${engine} the machine has: name the version that production runs.`,
        { at: 'key' },
      );
    }
  },
);
