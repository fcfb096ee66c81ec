/** The file in each run's folder that tells the run's processes by their working folder. */
export const MARKER = '.drillbook-run';
