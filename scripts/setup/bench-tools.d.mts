/** Installs what is missing of the tools that the benchmarks measure against; what could not be had. */
export function setUpBenchTools(
  log?: (line: string) => void,
): readonly { readonly name: string; readonly why: string }[];
