/** What both benchmarks in the extension host measure with. */
import { appendFileSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { open } from './support.ts';

/** Writes a figure, a JSON line each, into DRILLBOOK_BENCH_OUTPUT. */
export function tell(what: string, value: number): void {
  appendFileSync(process.env['DRILLBOOK_BENCH_OUTPUT'] ?? '/dev/null', `${JSON.stringify({ what, value })}\n`);
}

/** Resident megabytes of a process, where the system tells (Linux). */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Milliseconds from opening first.yaml to the first finding in it. */
export async function firstFinding(): Promise<number> {
  const opened = performance.now();
  const found = new Promise<void>((resolve) => {
    const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const own = uris.find(({ path }) => path.endsWith('/first.yaml'));
      if (own === undefined || vscode.languages.getDiagnostics(own).length === 0) return;
      listening.dispose();
      resolve();
    });
  });
  await open('first.yaml');
  await found;
  return performance.now() - opened;
}
