/** Programs of this machine that are spoken to over a socket of the file system, as the core needs them. */

export interface LocalSockets {
  /**
   * Sends one message (a 4-byte length and what it counts) to the socket at `path` and answers with what comes back, without
   * its length. Rejects where nothing listens there, on an answer of more than `most` bytes or that breaks off, and on abort.
   */
  exchange(
    path: string,
    message: Uint8Array,
    options: { readonly most: number; readonly signal: AbortSignal },
  ): Promise<Uint8Array>;
}
