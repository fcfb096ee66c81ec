/** All AWS look-ups of a run: grouped by account, region and kind, absence asked twice, and looked for elsewhere. */
import type { AwsAccount } from '../../core/drift/environment.ts';
import type { LookupRequest, Observation, PlannedCall, Unknown } from '../../core/drift/observation.ts';
import { field } from '../../core/drift/expected.ts';
import type { Clock } from '../../core/ports.ts';
import { pause } from '../limits.ts';
import { mergePlans, type Answer, type Provider, type Run } from '../reader.ts';
import { unknownOf, type AwsReader, type PlannedOperation, type Target } from './awsReader.ts';
import { placesOf, type Place } from './places.ts';
import { awsReader } from './readers/table.ts';
import { keyCalls, withKeys } from './keys.ts';
import type { Identity, Session } from './session.ts';
import { createSessions, refusal, type SessionDependencies } from './sessions.ts';

export interface AwsDependencies extends SessionDependencies {
  /** Milliseconds between the two questions about something absent. */
  readonly confirmAfterMs: number;
}

interface Asked {
  readonly request: LookupRequest;
  readonly reader: AwsReader;
  readonly declared: readonly Place[];
  readonly elsewhere: readonly Place[];
}

/** An answer and where it was had. */
type Placed = { readonly answer: Answer; readonly place: Place; readonly identity: Identity | undefined };

const key = (reader: AwsReader, place: Place): string => `${place.account.alias} ${place.region} ${reader.kind}`;

export function createAwsProvider(dependencies: AwsDependencies): Provider {
  const open = createSessions(dependencies);
  return {
    id: 'aws',
    plan: (requests, environment) => planned(requests, environment),
    async look(requests, environment, run) {
      const refused = refusal(environment, dependencies.allowedHosts);
      if (refused) return requests.map((request) => unknownObservation(request, refused, dependencies.clock));
      const sessions = open(environment, run);
      try {
        return await lookAll(requests, environment, run, (account) => sessions.of(account), dependencies);
      } finally {
        sessions.close();
      }
    },
  };
}

function asked(
  requests: readonly LookupRequest[],
  environment: unknown,
): readonly (Asked | { readonly request: LookupRequest; readonly unknown: Unknown })[] {
  return requests.map((request) => {
    const reader = awsReader(request.kind);
    if (!reader)
      return { request, unknown: { reason: 'unsupported', detail: `${request.kind} can't be looked up yet` } };
    const places = placesOf(request, reader, environment);
    return 'unknown' in places ? { request, unknown: places.unknown } : { request, reader, ...places };
  });
}

function planned(requests: readonly LookupRequest[], environment: unknown): readonly PlannedCall[] {
  const all = asked(requests, environment).filter((each): each is Asked => 'reader' in each);
  const plans: PlannedCall[] = [];
  const accounts = new Set<string>();
  const add = (
    places: (each: Asked) => readonly Place[],
    plan: (reader: AwsReader, asking: readonly LookupRequest[]) => readonly PlannedOperation[],
    more: Pick<PlannedCall, 'onlyIf'>,
  ): void => {
    for (const { reader, place, members } of groupsOf(all, places).values()) {
      const account = place.account.alias;
      if (!accounts.has(account)) {
        accounts.add(account);
        plans.push({ call: 'aws:sts:GetCallerIdentity', account, count: 1, serves: [], ...more });
      }
      const asking = members.map((member) => member.request);
      for (const call of plan(reader, asking))
        plans.push({
          call: `aws:${call.operation}`,
          account,
          ...(reader.scope === 'region' ? { region: place.region } : {}),
          count: call.count,
          serves: call.serves,
          ...more,
        });
    }
  };
  const declared = (each: Asked): readonly Place[] => each.declared;
  add(declared, (reader, asking) => [...reader.plan(asking), ...keyCalls(asking)], {});
  for (const question of ['first', 'elsewhere', 'again'] as const)
    add(
      question === 'elsewhere' ? (each) => each.elsewhere : declared,
      (reader, asking) => {
        const bare = asking.map((request) => ({ ...request, facts: [] }));
        return reader.planAbsent?.(bare, question) ?? (question === 'first' ? [] : reader.plan(bare));
      },
      { onlyIf: 'absent' },
    );
  return mergePlans(plans);
}

interface PlaceGroup {
  readonly reader: AwsReader;
  readonly place: Place;
  readonly members: Asked[];
}

function groupsOf(all: readonly Asked[], places: (each: Asked) => readonly Place[]): ReadonlyMap<string, PlaceGroup> {
  const groups = new Map<string, PlaceGroup>();
  for (const each of all) {
    for (const place of places(each)) {
      const name = key(each.reader, place);
      const group = groups.get(name);
      if (group) group.members.push(each);
      else groups.set(name, { reader: each.reader, place, members: [each] });
    }
  }
  return groups;
}

async function lookAll(
  requests: readonly LookupRequest[],
  environment: unknown,
  run: Run,
  sessionOf: (account: AwsAccount) => Session,
  dependencies: AwsDependencies,
): Promise<readonly Observation[]> {
  const { clock } = dependencies;
  const all = asked(requests, environment);
  const findable = all.filter((each): each is Asked => 'reader' in each);
  const first = await lookIn(
    groupsOf(findable, (each) => each.declared),
    sessionOf,
    clock,
    false,
  );
  const best = new Map<Asked, Placed>();
  for (const each of findable) best.set(each, bestOf(first.get(each) ?? []));

  const absent = (): Asked[] => findable.filter((each) => best.get(each)?.answer.state === 'absent');
  if (absent().length > 0) {
    // Not where it was declared: is it in another region or account of the environment? Failures there say nothing.
    const bare = (each: Asked): Asked => ({ ...each, request: { ...each.request, facts: [] } });
    const twins = new Map(absent().map((each) => [bare(each), each]));
    const found = await lookIn(
      groupsOf([...twins.keys()], (each) => each.elsewhere),
      sessionOf,
      clock,
      false,
    );
    for (const [twin, each] of twins) {
      const hit = (found.get(twin) ?? []).find((placed) => placed.answer.state === 'found');
      if (hit) best.set(each, hit);
    }
  }
  const still = absent();
  if (still.length > 0) {
    await pause(clock, dependencies.confirmAfterMs, run.signal).catch(() => undefined);
    const second = await lookIn(
      groupsOf(still, (each) => each.declared),
      sessionOf,
      clock,
      true,
    );
    for (const each of still) best.set(each, bestOf(second.get(each) ?? []));
  }
  const at = new Date(clock.now()).toISOString();
  return all.map((each) => {
    const placed = 'reader' in each ? best.get(each) : undefined;
    if (!('reader' in each) || !placed)
      return unknownObservation(
        each.request,
        'unknown' in each ? each.unknown : { reason: 'undecided', detail: 'no place to look at' },
        clock,
      );
    return observationOf(each, placed, at);
  });
}

/** Found anywhere is found; else a place that could not be asked leaves it unknown; else it is absent. */
function bestOf(answers: readonly Placed[]): Placed {
  const by = (state: Answer['state']): Placed | undefined => answers.find((placed) => placed.answer.state === state);
  const found = by('found') ?? by('unknown') ?? by('absent');
  if (!found) throw new RangeError('A request without a place has no answer.');
  return found;
}

async function lookIn(
  groups: ReadonlyMap<string, PlaceGroup>,
  sessionOf: (account: AwsAccount) => Session,
  clock: Clock,
  again: boolean,
): Promise<ReadonlyMap<Asked, Placed[]>> {
  const answers = new Map<Asked, Placed[]>();
  await Promise.all(
    [...groups.values()].map(async ({ reader, place, members }) => {
      const session = sessionOf(place.account);
      let identity: Identity | undefined;
      let found: readonly Answer[];
      try {
        identity = await session.identity();
        const asking = members.map((member) => member.request);
        const target = targetOf(session, identity, place, clock);
        found = await withKeys(asking, await reader.look(asking, target, again), target);
      } catch (error) {
        const unknown = unknownOf(error);
        found = members.map(() => ({ state: 'unknown', unknown }));
      }
      members.forEach((member, index) => {
        const answer = found[index] ?? {
          state: 'unknown',
          unknown: { reason: 'undecided', detail: 'the reader gave no answer' },
        };
        answers.set(member, [...(answers.get(member) ?? []), { answer, place, identity }]);
      });
    }),
  );
  return answers;
}

function targetOf(session: Session, identity: Identity, place: Place, clock: Clock): Target {
  return {
    accountId: identity.account,
    accountAlias: place.account.alias,
    region: place.region,
    simulate: session.aws.simulate,
    now: clock.now(),
    call: async (operation, input, region) => await session.call(operation, region ?? place.region, input),
  };
}

function observationOf(each: Asked, { answer, place, identity }: Placed, at: string): Observation {
  const account = identity?.account ?? place.account.id;
  const observed = {
    at,
    source: 'live',
    ...(account === undefined ? {} : { account }),
    ...(each.reader.scope === 'region' ? { region: place.region } : {}),
    ...(identity?.arn === undefined ? {} : { by: identity.arn }),
  };
  switch (answer.state) {
    case 'absent':
      return { ...observed, state: 'absent', ...(answer.note === undefined ? {} : { note: answer.note }) };
    case 'unknown':
      return { ...observed, state: 'unknown', unknown: answer.unknown };
    case 'found':
      return {
        ...observed,
        state: 'found',
        facts: answer.facts,
        ...(answer.region === undefined ? {} : { region: answer.region }),
        ...(answer.account === undefined || field(answer.facts, 'owner', 'value') === 'another account'
          ? {}
          : { account: answer.account }),
      };
  }
}

export function unknownObservation(request: LookupRequest, unknown: Unknown, clock: Clock): Observation {
  return {
    state: 'unknown',
    unknown,
    at: new Date(clock.now()).toISOString(),
    source: 'live',
    ...(request.region === undefined ? {} : { region: request.region }),
  };
}
