export interface PackedNpm {
  readonly file: string;
  readonly bytes: number;
  readonly unpacked: number;
  readonly packages: number;
  readonly sha256: string;
}
export function packageNpm(folder?: string): PackedNpm;
