export interface PackedVsix {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}
export function packageVsix(file?: string): PackedVsix;
