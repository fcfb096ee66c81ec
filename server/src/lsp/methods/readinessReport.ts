/** drillbook/readinessReport: where every runbook stands, as one self-contained page. */
import { readiness, readinessPlan, renderReadiness } from '../../app/readiness.ts';
import { READINESS_REPORT, type ReadinessReportResult } from '../../protocol.ts';
import type { Method } from '../feature.ts';

export const readinessReport: Method = {
  method: READINESS_REPORT,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(READINESS_REPORT, (): ReadinessReportResult => {
      const now = session.dependencies.clock.now();
      const roots = session.store.roots().filter((each) => each.workspace().byKind('Runbook').length > 0);
      // One page a root would be the rule; people have one workspace open, and the largest is meant.
      const root = roots.sort((one, other) => other.index.entries.length - one.index.entries.length)[0];
      if (!root)
        return {
          title: 'Readiness',
          html: '<!doctype html><title>Readiness</title><p>There is no runbook in this workspace yet.</p>',
        };
      const report = readiness(root.workspace(), { evidence: root.evidence, now });
      return {
        title: 'Readiness',
        html: renderReadiness(report, 'html', readinessPlan(root.workspace(), root.evidence)),
      };
    }),
};
