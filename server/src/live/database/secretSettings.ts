/** Settings of a server that hold a secret, or whose name would read several at once: never asked for, whatever a document expects. */
import type { Fact } from '../../core/drift/observation.ts';

const SETTING = 'setting:';
const SECRET =
  /(?:password|passwd|pass|pwd|bindpw|passphrase|secret|token|access[_-]?key|conninfo)$|^(?:masterauth|wsrep_sst_auth)$/i;
/** Redis takes a pattern where a name is meant: `require*` would read what `requirepass` may not. */
const NAME = /^[\w.$-]+$/;

/** The facts that may be asked for, and an answer for each that may not. */
export function withoutSecretSettings(facts: readonly string[]): {
  readonly asked: readonly string[];
  readonly withheld: Readonly<Record<string, Fact>>;
} {
  const isWithheld = (fact: string): boolean => {
    if (!fact.startsWith(SETTING)) return false;
    const name = fact.slice(SETTING.length);
    return !NAME.test(name) || SECRET.test(name);
  };
  return {
    asked: facts.filter((fact) => !isWithheld(fact)),
    withheld: Object.fromEntries(
      facts.filter(isWithheld).map((fact): [string, Fact] => {
        const name = fact.slice(SETTING.length);
        const detail = NAME.test(name)
          ? `the setting ${name} holds a secret, and secrets are not read; leave it out of the expectation`
          : `"${name}" is no name of a setting; write one name, without wildcards`;
        return [fact, { unknown: { reason: 'unsupported', detail } }];
      }),
    ),
  };
}
