/** Abort controllers for requests that follow one another: making one takes longer than all else that is done here. */

interface Lease {
  readonly controller: AbortController;
  uses: number;
}

/** The `openai` package leaves one listener on a signal per request, and Node warns of the eleventh. */
const MOST_USES = 8;

export class ControllerPool {
  #spare: Lease | undefined;

  /** A controller that nobody else uses until it is given back. */
  take(): Lease {
    const lease = this.#spare ?? { controller: new AbortController(), uses: 0 };
    this.#spare = undefined;
    lease.uses += 1;
    return lease;
  }

  /** To be called when the request is over in every way: aborting the controller later must not matter to it. */
  giveBack(lease: Lease): void {
    if (lease.uses < MOST_USES && !lease.controller.signal.aborted) this.#spare = lease;
  }
}
