export interface RunningS3rver {
  readonly endpoint: string;
  stop(): Promise<void>;
}
export function setUpS3rver(log?: (text: string) => void): Promise<string>;
export function startS3rver(program: string): Promise<RunningS3rver>;
