/** The JSON format, version 1 (schemas/output.schema.json). */
import type { Report } from './report.ts';

export function formatJson(report: Report): string {
  return `${JSON.stringify(report, jsonSafe, 2)}\n`;
}

/** Numbers of YAML may be larger than JSON's; as text they keep every digit. */
function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
