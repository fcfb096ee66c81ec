/** The one way out of a sandbox that has no network: a proxy for HTTP that asks of every host whether it may be reached. */

/** Where a request wants to go. */
export interface GateTarget {
  readonly host: string;
  readonly port: number;
  /** A tunnel, for TLS; otherwise one plain request of HTTP. */
  readonly tunnel: boolean;
}

/**
 * Whether it may: with `awayOnly` where the name leads away from this machine, to the internet or into a network of one's own, and
 * never to one of `notAt`; else why not, in one sentence.
 */
export type GateVerdict =
  | { readonly allowed: true; readonly awayOnly: boolean; readonly notAt?: readonly string[] }
  | { readonly allowed: false; readonly why: string };

export interface GateOptions {
  readonly verdict: (target: GateTarget) => GateVerdict;
  /** A connection to this host was made. */
  readonly onReached: (target: GateTarget) => void;
  readonly onRefused: (target: GateTarget, why: string) => void;
  /** It was allowed, but from here there is no way to it. */
  readonly onUnreachable: (target: GateTarget, why: string) => void;
}

export interface Gate {
  /** Ends every connection and removes the socket. Never rejects. */
  close(): Promise<void>;
}

export interface Gates {
  /** Listens on a Unix socket at `path`, which only this program's user may use until it is handed over. */
  open(path: string, options: GateOptions): Promise<Gate>;
  /**
   * The command that is to run where there is no network but a loopback: it leads the proxy's address there to the socket at
   * `path`, then runs what its standard input names (see `relayInput`), and ends as that did.
   */
  relay(path: string): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  /** What the relay reads: a command and the whole environment that it gets. No secret stands in an argument. */
  relayInput(command: string, args: readonly string[], env: Readonly<Record<string, string>>): string;
  /** The proxy's address as clients inside know it, `http://127.0.0.1:3128`. */
  readonly address: string;
}
