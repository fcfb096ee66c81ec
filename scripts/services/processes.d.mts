export interface Service {
  readonly pid: number;
  readonly match: RegExpExecArray;
  output(): string;
  stop(): Promise<void>;
}
export interface ServiceOptions {
  readonly ready: RegExp;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
  readonly endSignal?: string;
  readonly name?: string;
}
export function startService(command: string, args: readonly string[], options: ServiceOptions): Promise<Service>;
export function stopAllServices(): Promise<void>;
export function freePort(): Promise<number>;
export function runTool(
  command: string,
  args: readonly string[],
  options?: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly cwd?: string;
    readonly uid?: number;
    readonly gid?: number;
    readonly input?: string;
  },
): Promise<string>;
