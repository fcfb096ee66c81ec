/** Keeps the server of a sandbox apart from the runbook's steps: they have keys and a way to the cloud, and it runs what a backup says. */
import { join } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { MARKER } from './marker.ts';
import type { EnginePorts } from './ports.ts';
import { makeFolder } from './writeFile.ts';

/** The run as its server sees it: a folder and a user of its own where steps have one, else as it is. */
export async function serverRoom(ports: EnginePorts, run: RunContext): Promise<RunContext> {
  const { server, owner } = run;
  if (!server || !owner) return run;
  const folder = join(run.folder, 'db');
  await ports.files.makeFolder(folder);
  await ports.files.writeAtomic(join(folder, MARKER), await ports.files.readText(join(run.folder, MARKER)));
  await ports.files.setMode(folder, 0o711);
  await ports.files.setOwner(folder, server);
  const { server: _server, ...rest } = run;
  return { ...rest, folder, owner: server, clients: owner };
}

/** A folder of the server's that leads to its socket: its clients may go through it, nobody else. */
export async function makePassage(ports: EnginePorts, run: RunContext, path: string): Promise<void> {
  await makeFolder(ports, run, path);
  if (!run.owner || !run.clients) return;
  await ports.files.setOwner(path, { uid: run.owner.uid, gid: run.clients.gid });
  await ports.files.setMode(path, 0o710);
}
