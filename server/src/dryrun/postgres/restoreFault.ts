/** What it means that a restore into PostgreSQL stopped: the sandbox's lack, or the backup's fault. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import { noMemory, saysNoMemory } from '../memory.ts';

/** What a failed restore means: the sandbox's lack, or the backup's fault; in a sentence. */
export function restoreFault(complaint: string, tool: string, output: string, statement?: number): StageFault {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /\b(?:ERROR|FATAL|error|fatal):/u.test(each)) ?? lines.at(-1) ?? complaint;
  const short = line
    .replace(/^.*?\b(?:ERROR|FATAL|error|fatal):\s*/u, '')
    .trim()
    .slice(0, 400);
  const where = statement === undefined ? '' : ` at statement ${statement}`;
  if (/No space left on device|could not extend file|disk full|ENOSPC/iu.test(complaint)) {
    return new StageFault(
      'inconclusive',
      `The sandbox ran out of disk space while ${tool} restored${where}; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, output, code: 'no-space' },
    );
  }
  if (
    /extension ".{0,200}" is not available|could not open extension control file|could not access file ".{0,1000}": No such file/iu.test(
      complaint,
    )
  ) {
    return new StageFault('inconclusive', `The sandbox lacks what the backup needs: ${short}.`, {
      sandbox: true,
      output,
      code: 'extension',
    });
  }
  if (
    /collation ".{0,200}" for encoding .{0,100} does not exist|could not create locale|invalid locale name/iu.test(
      complaint,
    )
  ) {
    return new StageFault('inconclusive', `The sandbox lacks a locale that the backup needs: ${short}.`, {
      sandbox: true,
      output,
      code: 'locale',
    });
  }
  if (saysNoMemory(complaint)) return noMemory(tool, line);
  if (
    /could not read from input file|unexpected end of file|end of file|could not uncompress data|corrupt|could not read/iu.test(
      complaint,
    )
  ) {
    return new StageFault('failed', `The backup is cut off or damaged: ${tool} stopped${where} with "${short}".`, {
      output,
    });
  }
  if (
    /server closed the connection|terminating connection|Connection terminated|crash of another server process|could not fork/iu.test(
      complaint,
    )
  ) {
    return new StageFault('inconclusive', `The sandbox's server went away while ${tool} restored${where}: ${short}.`, {
      sandbox: true,
      output,
    });
  }
  return new StageFault('failed', `The restore stopped${where} with "${short}".`, { output });
}
