/** What the person set: from initializationOptions, then from the client's configuration. Trust comes only from the first. */
import { ALL_LENSES, type LensSettings } from '../language/context.ts';

export interface Settings {
  /** The person trusts the workspace. */
  readonly trusted: boolean;
  readonly showsReports: boolean;
  /** Opening and saving may look things up live. */
  readonly liveOnOpen: boolean;
  readonly allowedHosts: readonly string[];
  /** Between look-ups of what is open; 0 never. */
  readonly refreshMs: number;
  readonly lenses: LensSettings;
}

export const DEFAULT_SETTINGS: Settings = {
  trusted: false,
  showsReports: false,
  liveOnOpen: true,
  allowedHosts: [],
  refreshMs: 10 * 60_000,
  lenses: ALL_LENSES,
};

/** The settings with what `options` (unknown JSON) says over them; what isn't of the right type is passed over. */
export function withOptions(settings: Settings, options: unknown, mayTrust: boolean): Settings {
  if (typeof options !== 'object' || options === null) return settings;
  const given = options as Record<string, unknown>;
  const flag = (key: string, otherwise: boolean): boolean => (typeof given[key] === 'boolean' ? given[key] : otherwise);
  const minutes = given['refreshMinutes'];
  const hosts = given['allowedHosts'];
  return {
    trusted: mayTrust ? flag('trusted', settings.trusted) : settings.trusted,
    showsReports: mayTrust ? flag('showsReports', settings.showsReports) : settings.showsReports,
    liveOnOpen: flag('liveOnOpen', settings.liveOnOpen),
    allowedHosts: Array.isArray(hosts)
      ? hosts.filter((host): host is string => typeof host === 'string')
      : settings.allowedHosts,
    refreshMs:
      typeof minutes === 'number' && Number.isFinite(minutes) ? Math.max(0, minutes) * 60_000 : settings.refreshMs,
    lenses: withLenses(settings.lenses, given['lenses']),
  };
}

function withLenses(lenses: LensSettings, given: unknown): LensSettings {
  if (typeof given !== 'object' || given === null) return lenses;
  const said = given as Record<string, unknown>;
  const shown = (key: keyof LensSettings): boolean => (typeof said[key] === 'boolean' ? said[key] : lenses[key]);
  return {
    dryRun: shown('dryRun'),
    drift: shown('drift'),
    backupAge: shown('backupAge'),
    recoveryPlan: shown('recoveryPlan'),
  };
}
