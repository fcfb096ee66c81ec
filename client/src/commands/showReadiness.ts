/** Show readiness report: where every runbook stands, from hope to proven. */
import { READINESS_REPORT, type ReadinessReportResult } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';

/** Asks the server for the page and shows it. */
export async function showReadiness(client: Client): Promise<void> {
  const result = await client.languageClient.sendRequest<ReadinessReportResult>(READINESS_REPORT, {});
  client.reports.showHtml(result.html, result.title, { of: 'readiness' });
}
