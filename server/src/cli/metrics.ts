/** `--metrics FILE`: results of dry runs as OpenMetrics, which node_exporter's textfile collector reads as well. */
import type { EvidenceRecord } from '../core/recovery/record.ts';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly value: (record: EvidenceRecord) => number | undefined;
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

const METRICS: readonly Metric[] = [
  {
    name: 'drillbook_dry_run_passed',
    help: '1 where the last dry run passed, else 0.',
    value: (record) => (record.result === 'passed' ? 1 : 0),
  },
  {
    name: 'drillbook_dry_run_inconclusive',
    help: '1 where the last dry run came to no result, or was cancelled.',
    value: (record) => (record.result === 'inconclusive' || record.result === 'cancelled' ? 1 : 0),
  },
  {
    name: 'drillbook_dry_run_level',
    help: 'The level that the last dry run reached.',
    value: (record) => record.level,
  },
  {
    name: 'drillbook_dry_run_finished_timestamp_seconds',
    help: 'When it finished: its age is time() less this.',
    value: (record) => Date.parse(record.finishedAt) / 1000,
  },
  {
    name: 'drillbook_dry_run_restore_seconds',
    help: 'How long the restore took.',
    value: (record) => seconds(record.measured.restoreMs),
  },
  {
    name: 'drillbook_dry_run_elapsed_seconds',
    help: 'From fetching to the last check.',
    value: (record) => seconds(record.measured.elapsedMs),
  },
  {
    name: 'drillbook_dry_run_rto_seconds',
    help: 'The objective for it.',
    value: (record) => seconds(record.measured.rtoMs),
  },
  {
    name: 'drillbook_dry_run_rpo_seconds',
    help: 'The objective for the age of the backup.',
    value: (record) => seconds(record.measured.rpoMs),
  },
  {
    name: 'drillbook_backup_age_seconds',
    help: 'Age of the backup at the start.',
    value: (record) => seconds(record.backup?.ageMs ?? record.measured.ageMs),
  },
  { name: 'drillbook_backup_bytes', help: 'Size of the backup.', value: (record) => record.backup?.bytes },
  {
    name: 'drillbook_teardown_proven',
    help: '1 where nothing was left behind.',
    value: (record) => (record.teardown.proven ? 1 : 0),
  },
];

export function formatMetrics(records: readonly EvidenceRecord[]): string {
  const families = METRICS.map((metric) => {
    const samples = records.flatMap((record) => {
      const value = metric.value(record);
      return value === undefined || !Number.isFinite(value) ? [] : [`${metric.name}{${labels(record)}} ${value}`];
    });
    return samples.length === 0
      ? ''
      : [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} gauge`, ...samples, ''].join('\n');
  });
  return `${families.join('')}# EOF\n`;
}

function labels(record: EvidenceRecord): string {
  const pairs: [string, string | undefined][] = [
    ['runbook', record.runbook.name],
    ['dry_run', record.dryRun],
    ['scenario', record.scenario],
    ['data_class', record.dataClass],
    ['proves', record.proves],
  ];
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${escapeLabel(value)}"`])).join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
