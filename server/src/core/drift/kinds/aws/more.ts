/** Keys, tables, secrets and alarms that a restore relies on. */
import { DAY_MS, satisfies, shown, textOf } from '../../expected.ts';
import { valueVerdict, type Kind } from '../kind.ts';
import { flag, includes, plain, unless } from '../expectations.ts';

const DOOMED = /^pending(replica)?deletion$/i;

export const kmsKey: Kind = {
  id: 'aws/kms-key',
  regional: true,
  expectations: {
    state: plain('state', 'state'),
    // A key that is to be deleted rotates no more: that fault is said once, by what it is.
    rotation: unless(flag('rotation', 'rotation'), (input) => DOOMED.test(shown(input.fact('state')))),
  },
  judgements: [
    {
      facts: () => ['state', 'deletionDate'],
      unknownMatters: true,
      replaces: { keys: ['state'], excused: ['drift/key-unusable'] },
      judge({ resource, fact, context }) {
        const state = shown(fact('state'));
        const path = [...resource.path, 'id'];
        if (DOOMED.test(state)) {
          const date = textOf(fact('deletionDate'));
          const left = date === undefined || date === 'none' ? Number.NaN : Date.parse(date) - context.now;
          const when = Number.isNaN(left)
            ? ''
            : ` on ${(date ?? '').slice(0, 10)}, in ${String(Math.max(0, Math.ceil(left / DAY_MS)))} days`;
          return [
            {
              code: 'drift/key-pending-deletion',
              message: `${resource.id} will be deleted${when}; every backup encrypted with it is then lost. Cancel the deletion.`,
              path,
              expected: 'Enabled',
              actual: state,
              ...(date === undefined ? {} : { data: { deletionDate: date } }),
            },
          ];
        }
        if (/^(disabled|unavailable|pendingimport)$/i.test(state)) {
          return [
            {
              code: 'drift/key-unusable',
              message: `${resource.id} is ${state}: nothing that is encrypted with it can be restored.`,
              path,
              expected: 'Enabled',
              actual: state,
            },
          ];
        }
        return [];
      },
    },
  ],
};

export const dynamodbTable: Kind = {
  id: 'aws/dynamodb-table',
  regional: true,
  expectations: {
    pitr: plain('pitr', 'point-in-time recovery'),
    // Off, it has no window either: where both are declared, that is one fault.
    recoveryDays: unless(
      plain('recoveryDays', 'a recovery window (days) of', 'number'),
      ({ resource, fact }) => resource.expect['pitr'] !== undefined && fact('pitr') === 'disabled',
    ),
    deletionProtection: flag('deletionProtection', 'deletion protection'),
  },
  judgements: [
    {
      facts: (resource, context) =>
        context.backups.some((backup) => backup.of === resource.name && backup.tool === 'dynamodb-pitr')
          ? ['pitr']
          : [],
      unknownMatters: true,
      replaces: { keys: ['pitr', 'recoveryDays'] },
      judge({ resource, fact }) {
        if (satisfies('enabled', fact('pitr'), 'text') === 'yes') return [];
        return [
          {
            code: 'drift/retention-off',
            message: `${resource.id} has point-in-time recovery off, so there is nothing to restore it from.`,
            path: [...resource.path, 'id'],
            expected: 'enabled',
            actual: fact('pitr'),
          },
        ];
      },
    },
    {
      // Source: DynamoDB guide, "Restoring a table": settings that must be set by hand on the restored table.
      facts: (resource, context) =>
        context.backups.some((backup) => backup.of === resource.name && backup.tool === 'dynamodb-pitr')
          ? ['streams', 'ttl', 'tags']
          : [],
      judge({ resource, fact, context }) {
        const text = context.restore.texts.join('\n').toLowerCase();
        const lost: string[] = [];
        if (fact('streams') === 'enabled' && !text.includes('stream')) lost.push('its stream');
        if (fact('ttl') === 'enabled' && !/time-to-live|ttl/.test(text)) lost.push('its TTL');
        const tags = fact('tags');
        if (Array.isArray(tags) && tags.length > 0 && !text.includes('tag')) lost.push('its tags');
        if (lost.length === 0) return [];
        return [
          {
            code: 'drift/restore-loses',
            message: `A restore of ${resource.id} silently loses ${lost.join(' and ')} (and autoscaling and alarms); no restore step sets that again.`,
            path: ['restore', 'steps'],
            expected: 'set again by a step',
            actual: lost,
          },
        ];
      },
    },
  ],
};

/** Described, never read. */
export const secret: Kind = {
  id: 'aws/secret',
  regional: true,
  expectations: { rotation: flag('rotation', 'rotation') },
  judgements: [
    {
      facts: () => ['deletedAt'],
      judge({ resource, fact }) {
        const at = textOf(fact('deletedAt'));
        if (at === undefined || at === 'none') return [];
        return [
          {
            code: 'drift/secret-pending-deletion',
            message: `The secret ${resource.id} is scheduled for deletion (${at.slice(0, 10)}) and can't be read; restore it.`,
            path: [...resource.path, 'id'],
            expected: 'not scheduled for deletion',
            actual: at,
          },
        ];
      },
    },
  ],
};

export const cloudwatchAlarm: Kind = {
  id: 'aws/cloudwatch-alarm',
  regional: true,
  expectations: {
    state: plain('state', 'state'),
    actions: {
      facts: () => ['actions', 'actionsEnabled'],
      judge(expected, input) {
        // `enabled`/`disabled` or true/false asks whether it acts at all; anything else names actions.
        const acts = input.fact('actionsEnabled') !== false && (input.fact('actions') as readonly unknown[]).length > 0;
        const whether = satisfies(expected, acts, 'boolean');
        if (whether === 'undecided') {
          const named = includes('actions', 'actions', (item) => item.toLowerCase()).judge(expected, input);
          // Switched off, those that it has do nothing.
          return named.length > 0 || acts ? named : [valueVerdict(input.resource, 'its actions', expected, 'disabled')];
        }
        return whether === 'yes' ? [] : [valueVerdict(input.resource, 'actions enabled:', expected, acts)];
      },
    },
  },
  judgements: [
    {
      facts: () => ['actions', 'actionsEnabled'],
      replaces: { keys: ['actions'], excused: ['drift/alarm-silent'] },
      judge({ resource, fact }) {
        const none = Array.isArray(fact('actions')) && (fact('actions') as unknown[]).length === 0;
        if (fact('actionsEnabled') !== false && !none) return [];
        return [
          {
            code: 'drift/alarm-silent',
            message: `The alarm ${resource.id} ${none ? 'has no action' : 'has its actions switched off'}, so nobody hears of a failed backup.`,
            path: [...resource.path, 'id'],
            expected: 'enabled',
            actual: none ? 'no action' : 'disabled',
          },
        ];
      },
    },
  ],
};
