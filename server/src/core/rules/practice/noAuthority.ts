/** Nobody is named who may start the restore: in the incident the first quarter of an hour goes to finding out. */
import { classAuthority } from '../policy/authority.ts';
import { opinion } from '../say.ts';

export const noAuthority = opinion(
  { id: 'practice/no-authority', title: 'Nobody is named who may start the restore.' },
  (view, say) => {
    if (
      !view.steps.some((step) => step.run !== undefined || step.manual !== undefined) ||
      view.restore['authority'] !== undefined ||
      view.recovery === 'automated' ||
      classAuthority(view).length > 0
    )
      return;
    say(
      ['restore'],
      `Nobody is named who may start the restore of ${view.name}: add authority with the role or rota that decides.`,
      { at: 'key' },
    );
  },
);
