export interface RunningMoto {
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Forgets every resource. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}
export function findPython(): string | undefined;
export function setUpMoto(log?: (line: string) => void): Promise<string | undefined>;
export function startMoto(server: string): Promise<RunningMoto>;
